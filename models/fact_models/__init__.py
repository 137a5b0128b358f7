"""The FACT snowball program: one module per mechanism, its records, its equations, its replay."""
