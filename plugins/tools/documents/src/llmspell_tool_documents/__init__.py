"""Tools for documents: PDF, Word, Excel and pictures.

deadline    how long a hostile file may keep a tool busy
package     the zip archive that a Word or Excel file is; markup its XML
docx        Word documents as Markdown; styles its headings and lists
workbook    Excel files; cells their addresses and values, formats which numbers are dates, formulas shared ones
sheets      rows made sheets; spreadsheet the Excel file made of them
pictures    what the head of a picture says, one module a format; exif what cameras add
"""
