"""A tool that draws charts as SVG or PNG.

data        what a caller gives as series, checked; moments dates on an axis
ticks       round numbers and dates for axes; numbers how they are written
plan        where everything goes; legend, labels and axes draw what stands around the data
marks       lines, areas, bars, points; pies draws circles
drawing     a small writer of SVG; text how wide words are; theme colours
png         SVG made pixels
"""
