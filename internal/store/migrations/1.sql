-- Version 1. Types in braces are those of the engine: see engine.go. Times are
-- seconds since 1970, those of claims microseconds; 0 is none. This table stays
-- as it is in all versions: it tells them apart.
CREATE TABLE meta (
	name {text} NOT NULL PRIMARY KEY,
	value {text} NOT NULL
){keyed};

CREATE TABLE repositories (
	id {serial},
	name {text} NOT NULL,
	origin {text} NOT NULL,
	origin_id {text} NOT NULL,
	private {int} NOT NULL,
	branch {text} NOT NULL,
	created_at {int} NOT NULL
){table};

CREATE INDEX repositories_by_origin ON repositories (origin, origin_id);

-- Names in lower case, current and former ones.
CREATE TABLE names (
	name {text} NOT NULL PRIMARY KEY,
	repository {int} NOT NULL REFERENCES repositories (id)
){keyed};

CREATE TABLE choices (
	stream {text} NOT NULL PRIMARY KEY,
	source {text} NOT NULL
){keyed};

-- State is the cursor. Digest is the XOR of the sums of all rows, hash the sum
-- of this one.
CREATE TABLE lists (
	id {serial},
	repository {int} NOT NULL REFERENCES repositories (id),
	resource {text} NOT NULL,
	state {blob},
	version {int} NOT NULL,
	records {int} NOT NULL,
	present {int} NOT NULL,
	spans {int} NOT NULL,
	digest {blob} NOT NULL,
	hash {blob} NOT NULL,
	UNIQUE (repository, resource)
){table};

-- Pass, missing and gone are outside the sum: they change with each listing.
CREATE TABLE records (
	list {int} NOT NULL REFERENCES lists (id),
	id {text} NOT NULL,
	version {int} NOT NULL,
	line {text} NOT NULL,
	hash {blob} NOT NULL,
	pass {int} NOT NULL,
	missing {int} NOT NULL,
	gone {int} NOT NULL,
	PRIMARY KEY (list, id)
){keyed};

CREATE TABLE spans (
	list {int} NOT NULL REFERENCES lists (id),
	id {text} NOT NULL,
	source {text} NOT NULL,
	line {text} NOT NULL,
	hash {blob} NOT NULL,
	PRIMARY KEY (list, id)
){keyed};

CREATE TABLE claims (
	repository {int} NOT NULL PRIMARY KEY REFERENCES repositories (id),
	token {text} NOT NULL,
	owner {text} NOT NULL,
	expires {int} NOT NULL,
	finished {int} NOT NULL
){keyed};

CREATE TABLE validators (
	id {text} NOT NULL PRIMARY KEY,
	data {blob} NOT NULL,
	used {int} NOT NULL
){keyed};
