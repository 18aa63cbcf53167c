-- The journal's database, beside Temporal's. Sluice makes its tables itself. Runs once, when the volume is new.
CREATE DATABASE sluice;
