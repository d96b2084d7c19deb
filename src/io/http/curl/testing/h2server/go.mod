module stageset/h2server

go 1.26
