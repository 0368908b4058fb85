"""A tool that draws charts as SVG or PNG."""
