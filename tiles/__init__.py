"""The ground: geodesy, sources, tilers, formats, the analysis surface and the sight-line kernels."""
