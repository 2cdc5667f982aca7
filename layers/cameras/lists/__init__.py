"""Lists of cameras in other people's forms: tables, catalogues, maps; read row by row, with a report."""
