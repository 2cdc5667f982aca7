"""Server processes of one machine that share one database: each camera's streams are one process's."""
