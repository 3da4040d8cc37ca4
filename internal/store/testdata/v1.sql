-- A store of version 1, to be opened by all later releases.
PRAGMA application_id = 1383429236;
CREATE TABLE meta (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('catalogue', '18 0bcc52f2fb8711d2876fb144e223b476b74b863da5d0690bb77156cd3be0e5be');
INSERT INTO meta VALUES ('version', '1');
CREATE TABLE repositories (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	origin TEXT NOT NULL,
	origin_id TEXT NOT NULL,
	private INTEGER NOT NULL,
	branch TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT;
INSERT INTO repositories VALUES (1, '', '', '', 0, '', 0);
INSERT INTO repositories VALUES (2, 'acme/pay', '', '', 1, '', 0);
INSERT INTO repositories VALUES (3, 'acme/web', '', '', 0, '', 0);
CREATE TABLE names (
	name TEXT NOT NULL PRIMARY KEY,
	repository INTEGER NOT NULL REFERENCES repositories (id)
) STRICT, WITHOUT ROWID;
INSERT INTO names VALUES ('', 1);
INSERT INTO names VALUES ('acme/pay', 2);
INSERT INTO names VALUES ('acme/web', 3);
CREATE TABLE choices (
	stream TEXT NOT NULL PRIMARY KEY,
	source TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE lists (
	id INTEGER PRIMARY KEY,
	repository INTEGER NOT NULL REFERENCES repositories (id),
	resource TEXT NOT NULL,
	state BLOB,
	version INTEGER NOT NULL,
	records INTEGER NOT NULL,
	present INTEGER NOT NULL,
	spans INTEGER NOT NULL,
	digest BLOB NOT NULL,
	hash BLOB NOT NULL,
	UNIQUE (repository, resource)
) STRICT;
INSERT INTO lists VALUES (1, 1, 'file', NULL, 0, 3, 3, 0, x'f6bd756b68f13a09460e784f0ba48dd5d847044bec5e7a4e178cb629dffc4831', x'9f5b594dee2fa6398eb864c2018c8af69b02ae9c34132cd4f0cbae696bcf96fc');
INSERT INTO lists VALUES (2, 1, 'incidents', NULL, 0, 1, 1, 0, x'11ae29adef81897dc8d4faf0a55c50576aa0cfc4abec42313395502b7cd7eeff', x'a881d047d20aa8a48f04f8e60def362e079466d0dcc8858b643e4ea60d691282');
INSERT INTO lists VALUES (3, 2, '', NULL, 0, 0, 0, 1, x'33a7cf26e0be82207e419571227e35aab191c0e4a81fa383945aaf39d6e475db', x'6b697f8d249f67a8aee24fabdc0447ab95882b63c597ec862a3f405a6181252e');
INSERT INTO lists VALUES (4, 2, 'changes', NULL, 0, 1, 1, 2, x'18fd9cef42a43ba55b5f11c8cbe4f31c794d559b26ccfdb4398ec51fd6a890b8', x'e068226ee935004e38e24f8947c7156c38d3d64d76ba66c4a9719d73ebf79b52');
INSERT INTO lists VALUES (5, 2, 'commits', NULL, 0, 1, 1, 0, x'47cbbfbfd8f1ae3c2fe8c0b177d9e8ee3afa213f32b1f7a327deac54033bb360', x'5587417df2c7b239e011ece7018786bdf6d6dd20027e4f9cadd92d3eee324916');
INSERT INTO lists VALUES (6, 2, 'deployments', NULL, 0, 1, 1, 0, x'92c85947699a8e19a5a8b1bfa6e00b576cba0539b71d3fff029ee46fad0fe0e4', x'793905c36a4eda11b0c98476385ebad3a61068a8a323908c6ccebf3782b8abcb');
INSERT INTO lists VALUES (7, 2, 'merges', NULL, 0, 1, 1, 0, x'892130f507abe5d4b214ab7466b97c8f42e171c8c5b88c180dff6a42fa13e0f9', x'9f708ec57de173b82a3a78812b6e12a018af1494124415178d6cbdda3b18adcd');
INSERT INTO lists VALUES (8, 2, 'releases', NULL, 0, 1, 1, 0, x'34fb15a1e2f749f4bc2e4bb1c98e5ec612ba584f5896ac679462f4c56aa1fcfd', x'2ea16c6662c93441f775299712e43b8c260ca87d6b65d950ee03760bdab7506e');
INSERT INTO lists VALUES (9, 2, 'tags', NULL, 0, 1, 1, 0, x'40313685326cbd49700507abfedd60a8f04de8ac59a744d5cea38c163328155e', x'b9c77e9ea9512dde1d605501f95e7fbb49ed1d84a7569f43e59b46785296ecfb');
INSERT INTO lists VALUES (10, 2, 'workflow_runs', NULL, 0, 1, 1, 0, x'91105f8408295dc91eba4e9b9fe58eb3bb00b21e6980a00d554937699820ee54', x'd1536db6b25cad52ce4a56ad3a6037c36ad84018460bda9f3c09deffc2e1c950');
INSERT INTO lists VALUES (11, 2, 'workflow_runs a.yml', NULL, 0, 2, 2, 0, x'fb8d39733d74924b1040555b6320ce5a53723cb81b54f47d6da3bba66da6571d', x'4d8963792a5b62e92c9fe3db4f84db75bb1a04c4e3122fbe692acbe083ed6bc3');
INSERT INTO lists VALUES (12, 3, 'changes', x'637572736f72', 1, 1, 1, 0, x'7701104ba1a52cd9f3690eca8078bf5c9d69ad7bdbeb3efd70fda36c81f29f8e', x'd481f1aff5f8eb4fdd81aaed1208a9ac0a8bb1bddda075760c67a9532286609a');
CREATE TABLE records (
	list INTEGER NOT NULL REFERENCES lists (id),
	id TEXT NOT NULL,
	version INTEGER NOT NULL,
	line TEXT NOT NULL,
	hash BLOB NOT NULL,
	pass INTEGER NOT NULL,
	missing INTEGER NOT NULL,
	gone INTEGER NOT NULL,
	PRIMARY KEY (list, id)
) STRICT, WITHOUT ROWID;
INSERT INTO records VALUES (1, '"pay" "" 1', 0, '{"type":"deployment","id":"1","service":"pay","repo":"-","sha":"c1","finished_at":"2026-03-01T01:00:00Z","status":"success"}', x'6c34e3e4d6542b7d303c8715e8364940471d332e2e712a5c80f9e171945d9f5a', 0, 0, 0);
INSERT INTO records VALUES (1, '"web" "" 1', 0, '{"type":"deployment","id":"1","service":"web","repo":"-","sha":"c1","finished_at":"2026-03-01T01:00:00Z","status":"success","source":"file"}', x'c2438fa5ad72041c99e1c5142cac141ac451f2ff75d4d27f4483e8fecd0443a9', 0, 0, 0);
INSERT INTO records VALUES (1, '"web" "staging" 1/2', 0, '{"type":"deployment","id":"1","service":"web","repo":"-","environment":"staging","sha":"c1","finished_at":"2026-03-01T01:00:00Z","status":"success","attempt":2,"source":"file"}', x'58ca192a13d71568efd33a4ecf3ed08f5b0bc59ab7fb826dd3f6bfa686a594c2', 0, 0, 0);
INSERT INTO records VALUES (2, 'INC-1', 0, '{"type":"incident","id":"INC-1","repo":"-","services":["pay"],"opened_at":"2026-03-01T02:00:00Z"}', x'11ae29adef81897dc8d4faf0a55c50576aa0cfc4abec42313395502b7cd7eeff', 0, 0, 0);
INSERT INTO records VALUES (4, '7', 0, '{"type":"change","repo":"-","id":"7","title":"Fix it","bot":false,"created_at":"2026-02-28T00:00:00Z"}', x'42a22c0564dd962fc917c36f60344f098810d92b9ec001c213f99e01c230578e', 0, 0, 0);
INSERT INTO records VALUES (5, 'c1', 0, '{"type":"commit","repo":"-","sha":"c1","parents":[],"author_date":"2026-03-01T00:00:00Z","committer_date":"2026-03-01T00:00:00Z","pull":"7"}', x'47cbbfbfd8f1ae3c2fe8c0b177d9e8ee3afa213f32b1f7a327deac54033bb360', 0, 0, 0);
INSERT INTO records VALUES (6, '9', 0, '{"type":"deployment","id":"9","repo":"-","created_at":"2026-03-01T01:00:00Z","status":"success","source":"github_deployments"}', x'92c85947699a8e19a5a8b1bfa6e00b576cba0539b71d3fff029ee46fad0fe0e4', 0, 0, 0);
INSERT INTO records VALUES (7, 'v1', 0, '{"type":"deployment","id":"v1","repo":"-","created_at":"2026-03-01T01:00:00Z","status":"success","source":"merge"}', x'892130f507abe5d4b214ab7466b97c8f42e171c8c5b88c180dff6a42fa13e0f9', 0, 0, 0);
INSERT INTO records VALUES (8, '9', 0, '{"type":"deployment","id":"9","repo":"-","created_at":"2026-03-01T01:00:00Z","status":"success","source":"releases"}', x'34fb15a1e2f749f4bc2e4bb1c98e5ec612ba584f5896ac679462f4c56aa1fcfd', 0, 0, 0);
INSERT INTO records VALUES (9, 'v1', 0, '{"type":"deployment","id":"v1","repo":"-","created_at":"2026-03-01T01:00:00Z","status":"success","source":"tags","approximate":true}', x'40313685326cbd49700507abfedd60a8f04de8ac59a744d5cea38c163328155e', 0, 0, 0);
INSERT INTO records VALUES (10, '9/1', 0, '{"type":"deployment","id":"9","repo":"-","created_at":"2026-03-01T01:00:00Z","status":"success","attempt":1,"source":"workflow"}', x'91105f8408295dc91eba4e9b9fe58eb3bb00b21e6980a00d554937699820ee54', 0, 0, 0);
INSERT INTO records VALUES (11, '9/1', 0, '{"type":"deployment","id":"9","repo":"-","created_at":"2026-03-01T01:00:00Z","status":"success","attempt":1,"source":"workflow","workflow":"a.yml"}', x'368293024359995d13ed61f71145abae05104461e5ceb77aa85a82c59a298c6c', 0, 0, 0);
INSERT INTO records VALUES (11, '9/2', 0, '{"type":"deployment","id":"9","repo":"-","created_at":"2026-03-01T01:00:00Z","status":"success","attempt":2,"source":"workflow","workflow":"a.yml"}', x'cd0faa717e2d0b1603ad34ac726565f4566278d9fe9a4307c5f93963f78fdb71', 0, 0, 0);
INSERT INTO records VALUES (12, '7', 0, '{"type":"change","repo":"-","id":"7","bot":true,"created_at":"2026-02-28T00:00:00Z"}', x'7701104ba1a52cd9f3690eca8078bf5c9d69ad7bdbeb3efd70fda36c81f29f8e', 0, 0, 0);
CREATE TABLE spans (
	list INTEGER NOT NULL REFERENCES lists (id),
	id TEXT NOT NULL,
	source TEXT NOT NULL,
	line TEXT NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (list, id)
) STRICT, WITHOUT ROWID;
INSERT INTO spans VALUES (3, '"" 1772323200 1772409600', '', '{"type":"coverage","repo":"-","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z"}', x'33a7cf26e0be82207e419571227e35aab191c0e4a81fa383945aaf39d6e475db');
INSERT INTO spans VALUES (4, '"github" 1767225600 1769904000', 'github', '{"type":"coverage","source":"github","repo":"-","resource":"changes","status":"partial","from":"2026-01-01T00:00:00Z","to":"2026-02-01T00:00:00Z","reasons":["rate_limited"]}', x'a14d91689b9711f301c95601bb6530b4b86a126bed12697cb86c43869d3f511c');
INSERT INTO spans VALUES (4, '"github" 1769904000 1772323200', 'github', '{"type":"coverage","source":"github","repo":"-","resource":"changes","status":"complete","from":"2026-02-01T00:00:00Z","to":"2026-03-01T00:00:00Z","head":"c1"}', x'fb122182bdeebc79938184a610b58ca149379edb551e950a921b189889a7962a');
CREATE TABLE claims (
	repository INTEGER NOT NULL PRIMARY KEY REFERENCES repositories (id),
	token TEXT NOT NULL,
	owner TEXT NOT NULL,
	expires INTEGER NOT NULL,
	finished INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO claims VALUES (1, '', '', 0, 0);
INSERT INTO claims VALUES (2, '', '', 0, 0);
INSERT INTO claims VALUES (3, '', '', 0, 0);
CREATE TABLE validators (
	id TEXT NOT NULL PRIMARY KEY,
	data BLOB NOT NULL,
	used INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX repositories_by_origin ON repositories (origin, origin_id);
