package githubtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"
)

// What things look like in REST: every field that GitHub's OpenAPI document
// requires, and those that collectors read besides.

type object = map[string]any

// links are URLs below the same one.
func links(base string, of ...string) object {
	o := object{}
	for i := 0; i+1 < len(of); i += 2 {
		o[of[i]] = base + of[i+1]
	}
	return o
}

func (c *call) user(u *user) object {
	o := links(c.base+"/users/"+strings.ReplaceAll(strings.ReplaceAll(u.login, "[", "%5B"), "]", "%5D"),
		"url", "", "followers_url", "/followers", "following_url", "/following{/other_user}", "gists_url", "/gists{/gist_id}",
		"starred_url", "/starred{/owner}{/repo}", "subscriptions_url", "/subscriptions", "organizations_url", "/orgs",
		"repos_url", "/repos", "events_url", "/events{/privacy}", "received_events_url", "/received_events")
	maps.Copy(o, object{
		"login": u.login, "id": u.id, "node_id": u.node, "type": u.kind, "site_admin": false, "gravatar_id": "",
		"avatar_url": fmt.Sprintf("https://avatars.github.example/u/%d", u.id), "html_url": web + strings.TrimSuffix(u.login, "[bot]"),
	})
	return o
}

func (c *call) organisation() object {
	return c.user(&user{id: 9001, login: owner, kind: "Organization", node: "O_kgDNIyk"})
}

// account is whose installation it is. The document has it be a user or an
// enterprise, and Prism looks at the latter only: this one would pass for both.
func (c *call) account() any {
	o := c.organisation()
	maps.Copy(o, object{"name": owner, "slug": owner, "created_at": stamp(c.now), "updated_at": stamp(c.now)})
	return o
}

// repository is the whole of a repository, which is marshalled once an answer.
func (c *call) repository(r *repository) json.RawMessage {
	if c.shown != nil {
		return c.shown
	}
	api := c.base + "/repos/" + r.fullName()
	o := links(api, "url", "", "archive_url", "/{archive_format}{/ref}", "assignees_url", "/assignees{/user}", "blobs_url", "/git/blobs{/sha}",
		"branches_url", "/branches{/branch}", "collaborators_url", "/collaborators{/collaborator}", "comments_url", "/comments{/number}",
		"commits_url", "/commits{/sha}", "compare_url", "/compare/{base}...{head}", "contents_url", "/contents/{+path}",
		"contributors_url", "/contributors", "deployments_url", "/deployments", "downloads_url", "/downloads", "events_url", "/events",
		"forks_url", "/forks", "git_commits_url", "/git/commits{/sha}", "git_refs_url", "/git/refs{/sha}", "git_tags_url", "/git/tags{/sha}",
		"hooks_url", "/hooks", "issue_comment_url", "/issues/comments{/number}", "issue_events_url", "/issues/events{/number}",
		"issues_url", "/issues{/number}", "keys_url", "/keys{/key_id}", "labels_url", "/labels{/name}", "languages_url", "/languages",
		"merges_url", "/merges", "milestones_url", "/milestones{/number}", "notifications_url", "/notifications{?since,all,participating}",
		"pulls_url", "/pulls{/number}", "releases_url", "/releases{/id}", "stargazers_url", "/stargazers", "statuses_url", "/statuses/{sha}",
		"subscribers_url", "/subscribers", "subscription_url", "/subscription", "tags_url", "/tags", "teams_url", "/teams", "trees_url", "/git/trees{/sha}")
	visibility := "public"
	if r.private {
		visibility = "private"
	}
	maps.Copy(o, object{
		"id": r.id, "node_id": r.node, "name": r.name, "full_name": r.fullName(), "owner": c.organisation(), "private": r.private,
		"visibility": visibility, "html_url": web + r.fullName(), "description": nil, "fork": false, "homepage": nil, "language": nil,
		"clone_url": c.Server.URL + "/" + r.fullName() + ".git", "git_url": "git:github.example/" + r.fullName() + ".git",
		"ssh_url": "git@github.example:" + r.fullName() + ".git", "svn_url": web + r.fullName(), "mirror_url": nil,
		"default_branch": r.branch, "archived": r.archived, "disabled": false, "forks": 0, "forks_count": 0, "open_issues": 0,
		"open_issues_count": 0, "stargazers_count": 0, "watchers": 0, "watchers_count": 0, "size": len(r.objects), "license": nil,
		"has_downloads": true, "has_issues": true, "has_projects": false, "has_wiki": false, "has_pages": false, "has_discussions": false,
		"created_at": stamp(r.created), "updated_at": stamp(r.pushed), "pushed_at": stamp(r.pushed), "network_count": 0, "subscribers_count": 0,
		"custom_properties": object{"tier": []string{"one", "two"}}, // of several values, which go-github v62 cannot read
	})
	data, err := json.Marshal(o)
	if err != nil {
		panic(fmt.Sprintf("githubtest: a repository that is no JSON: %v", err)) // it is made of maps and texts here
	}
	if c.repo == r {
		c.shown = data
	}
	return data
}

func (c *call) api(format string, args ...any) string {
	return c.base + "/repos/" + c.repo.fullName() + fmt.Sprintf(format, args...)
}

func (c *call) show(format string, args ...any) string {
	return web + c.repo.fullName() + fmt.Sprintf(format, args...)
}

func (c *call) labels(names []string) []any {
	list := []any{}
	for i, name := range names {
		list = append(list, object{
			"id": 5000 + i, "node_id": "LA_" + name, "url": c.api("/labels/%s", name), "name": name, "description": "", "color": "ededed", "default": false,
		})
	}
	return list
}

// pull is a pull request, in a list or whole.
func (c *call) pull(p *pull, whole bool) object {
	self := c.api("/pulls/%d", p.number)
	issue := c.api("/issues/%d", p.number)
	head, landing := p.baseSHA, any(nil)
	if n := len(p.commits); n > 0 {
		head = p.commits[n-1].sha
	}
	switch {
	case p.landing != "":
		landing = p.landing
	case p.closed.IsZero():
		landing = objectName("commit", []byte("trial merge of "+head)) // of one that is open, a merge on trial
	}
	state := "open"
	if !p.closed.IsZero() {
		state = "closed"
	}
	at := func(ref, sha string) object {
		return object{"label": owner + ":" + ref, "ref": ref, "sha": sha, "user": c.organisation(), "repo": c.repository(c.repo)}
	}
	link := func(to string) object { return object{"href": to} }
	o := object{
		"id": p.id, "node_id": p.node, "number": p.number, "url": self, "html_url": p.url(), "diff_url": p.url() + ".diff", "patch_url": p.url() + ".patch",
		"issue_url": issue, "commits_url": self + "/commits", "review_comments_url": self + "/comments", "review_comment_url": c.api("/pulls/comments{/number}"),
		"comments_url": issue + "/comments", "statuses_url": c.api("/statuses/%s", head), "state": state, "locked": false, "title": p.title,
		"user": c.user(p.author), "body": p.body, "labels": c.labels(p.labels), "milestone": nil, "assignee": nil, "assignees": []any{},
		"requested_reviewers": []any{}, "requested_teams": []any{}, "created_at": stamp(p.created), "updated_at": stamp(p.updated),
		"closed_at": stamp(p.closed), "merged_at": stamp(p.merged), "merge_commit_sha": landing, "draft": p.draft,
		"head": at(p.head, head), "base": at(p.base, p.baseSHA), "author_association": "MEMBER", "auto_merge": nil,
		"_links": object{
			"self": link(self), "html": link(p.url()), "issue": link(issue), "comments": link(issue + "/comments"), "review_comments": link(self + "/comments"),
			"review_comment": link(c.api("/pulls/comments{/number}")), "commits": link(self + "/commits"), "statuses": link(c.api("/statuses/%s", head)),
		},
	}
	if whole {
		maps.Copy(o, object{
			"merged": !p.merged.IsZero(), "mergeable": nil, "mergeable_state": "unknown", "merged_by": nil, "comments": 0, "review_comments": 0,
			"maintainer_can_modify": false, "commits": len(p.commits), "additions": p.files, "deletions": 0, "changed_files": p.files,
		})
	}
	return o
}

func (c *call) commit(k *commit) object {
	parents := []any{}
	for _, sha := range k.parents {
		parents = append(parents, object{"sha": sha, "url": c.api("/commits/%s", sha), "html_url": c.show("/commit/%s", sha)})
	}
	who := func(u *user, at time.Time) object {
		return object{"name": u.login, "email": u.email(), "date": stamp(at)}
	}
	return object{
		"sha": k.sha, "node_id": k.node, "url": c.api("/commits/%s", k.sha), "html_url": c.show("/commit/%s", k.sha),
		"comments_url": c.api("/commits/%s/comments", k.sha), "author": c.user(k.author), "committer": c.user(k.committer), "parents": parents,
		"commit": object{
			"url": c.api("/git/commits/%s", k.sha), "author": who(k.author, k.authored), "committer": who(k.committer, k.committed),
			"message": k.message, "comment_count": 0, "tree": object{"sha": emptyTree, "url": c.api("/git/trees/%s", emptyTree)},
			"verification": object{"verified": false, "reason": "unsigned", "signature": nil, "payload": nil, "verified_at": nil},
		},
	}
}

func (c *call) review(p *pull, v *review) object {
	self := c.api("/pulls/%d", p.number)
	page := fmt.Sprintf("%s#pullrequestreview-%d", p.url(), v.id)
	return object{
		"id": v.id, "node_id": v.node, "user": c.user(v.author), "body": "", "state": v.state, "html_url": page, "pull_request_url": self,
		"author_association": "MEMBER", "submitted_at": stamp(v.at), "commit_id": p.commits[len(p.commits)-1].sha,
		"_links": object{"html": object{"href": page}, "pull_request": object{"href": self}},
	}
}

func (c *call) file(p *pull, i int) object {
	name := p.file(i)
	return object{
		"sha": objectName("blob", []byte(name)), "filename": name, "status": "modified", "additions": 1, "deletions": 0, "changes": 1,
		"blob_url": c.show("/blob/%s/%s", p.base, name), "raw_url": c.show("/raw/%s/%s", p.base, name),
		"contents_url": c.api("/contents/%s", name), "patch": "@@ -1 +1 @@",
	}
}

func (c *call) issue(e either) object {
	i := e.issue
	if p := e.pull; p != nil { // GitHub has pull requests as issues too
		i = &issue{
			repo: p.repo, id: p.id, node: p.node, number: p.number, title: p.title, body: p.body, author: p.author,
			open: p.closed.IsZero(), created: p.created, updated: p.updated, closed: p.closed, labels: p.labels,
		}
	}
	self := c.api("/issues/%d", i.number)
	state, reason := "closed", any(nil)
	if i.open {
		state = "open"
	}
	if i.reason != "" {
		reason = i.reason
	}
	o := object{
		"id": i.id, "node_id": i.node, "number": i.number, "url": self, "repository_url": c.api(""), "labels_url": self + "/labels{/name}",
		"comments_url": self + "/comments", "events_url": self + "/events", "html_url": i.url(), "state": state, "state_reason": reason,
		"title": i.title, "body": i.body, "user": c.user(i.author), "labels": c.labels(i.labels), "assignee": nil, "assignees": []any{},
		"milestone": nil, "locked": false, "comments": 0, "created_at": stamp(i.created), "updated_at": stamp(i.updated), "closed_at": stamp(i.closed),
		"author_association": "MEMBER",
	}
	if p := e.pull; p != nil {
		o["html_url"] = p.url()
		o["pull_request"] = object{
			"url": c.api("/pulls/%d", p.number), "html_url": p.url(), "diff_url": p.url() + ".diff", "patch_url": p.url() + ".patch", "merged_at": stamp(p.merged),
		}
	}
	return o
}

func (c *call) event(e *event) object {
	o := object{
		"id": e.id, "node_id": e.node, "url": c.api("/issues/events/%d", e.id), "actor": c.user(e.actor), "event": e.kind,
		"commit_id": nil, "commit_url": nil, "created_at": stamp(e.at), "performed_via_github_app": nil,
	}
	if e.label != "" {
		o["label"] = object{"name": e.label, "color": "ededed"}
	}
	return o
}

func (c *call) deployment(d *deployment) object {
	self := c.api("/deployments/%d", d.id)
	return object{
		"id": d.id, "node_id": d.node, "sha": d.sha, "ref": d.ref, "task": "deploy", "payload": object{}, "original_environment": d.environment,
		"environment": d.environment, "description": nil, "creator": c.user(d.creator), "created_at": stamp(d.created), "updated_at": stamp(d.updated),
		"statuses_url": self + "/statuses", "repository_url": c.api(""), "url": self, "transient_environment": false, "production_environment": d.environment == "production",
	}
}

func (c *call) status(d *deployment, s *status) object {
	self := c.api("/deployments/%d", d.id)
	return object{
		"id": s.id, "node_id": s.node, "url": fmt.Sprintf("%s/statuses/%d", self, s.id), "state": s.state, "creator": c.user(d.creator), "description": "",
		"environment": d.environment, "target_url": web, "log_url": web, "environment_url": web, "created_at": stamp(s.at), "updated_at": stamp(s.at),
		"deployment_url": self, "repository_url": c.api(""),
	}
}

func (c *call) release(l *release) object {
	self := c.api("/releases/%d", l.id)
	return object{
		"id": l.id, "node_id": l.node, "url": self, "assets_url": self + "/assets", "upload_url": self + "/assets{?name,label}", "html_url": l.url(),
		"tarball_url": c.api("/tarball/%s", l.tag), "zipball_url": c.api("/zipball/%s", l.tag), "tag_name": l.tag, "target_commitish": l.repo.branch,
		"name": l.name, "body": "", "draft": l.draft, "prerelease": l.prerelease, "immutable": false, "created_at": stamp(l.created),
		"published_at": stamp(l.published), "updated_at": stamp(l.updated), "author": c.user(l.author), "assets": []any{},
	}
}

func (c *call) tagOf(t *tag) object {
	return object{
		"name": t.name, "node_id": t.node, "commit": object{"sha": t.sha, "url": c.api("/commits/%s", t.sha)},
		"zipball_url": c.api("/zipball/refs/tags/%s", t.name), "tarball_url": c.api("/tarball/refs/tags/%s", t.name),
	}
}

func (c *call) branch(name string) answer {
	sha := c.repo.branches[name]
	if sha == "" {
		return problem(http.StatusNotFound, "Branch not found")
	}
	self := c.api("/branches/%s", name)
	return reply(http.StatusOK, object{
		"name": name, "commit": c.commit(c.repo.objects[sha]), "_links": object{"self": self, "html": c.show("/tree/%s", name)},
		"protected": false, "protection": object{"enabled": false}, "protection_url": self + "/protection",
	})
}

func (a *attempt) status() string {
	if a.conclusion == "" {
		return "in_progress"
	}
	return "completed"
}

// run is a run as of one of its attempts, the first of which is 1.
func (c *call) run(n *run, k int) object {
	a := n.attempts[k-1]
	self := c.api("/actions/runs/%d", n.id)
	conclusion, previous := any(nil), any(nil)
	if a.conclusion != "" {
		conclusion = a.conclusion
	}
	if k > 1 {
		previous = fmt.Sprintf("%s/attempts/%d", self, k-1)
	}
	head := c.repo.objects[n.sha]
	return object{
		"id": n.id, "node_id": n.node, "name": "Deploy", "head_branch": n.branch, "head_sha": n.sha, "path": ".github/workflows/" + n.file,
		"run_number": n.number, "run_attempt": k, "event": "push", "display_title": n.title, "status": a.status(), "conclusion": conclusion,
		"workflow_id": 8001, "url": self, "html_url": n.url(), "pull_requests": []any{}, "created_at": stamp(n.created), "updated_at": stamp(a.updated),
		"run_started_at": stamp(a.started), "actor": c.user(n.actor), "triggering_actor": c.user(n.actor), "jobs_url": self + "/jobs", "logs_url": self + "/logs",
		"check_suite_url": c.api("/check-suites/%d", n.id), "artifacts_url": self + "/artifacts", "cancel_url": self + "/cancel", "rerun_url": self + "/rerun",
		"previous_attempt_url": previous, "workflow_url": c.api("/actions/workflows/8001"), "repository": c.repository(c.repo), "head_repository": c.repository(c.repo),
		"head_commit": object{
			"id": head.sha, "tree_id": emptyTree, "message": head.message, "timestamp": stamp(head.committed),
			"author": object{"name": head.author.login, "email": head.author.email()}, "committer": object{"name": head.committer.login, "email": head.committer.email()},
		},
	}
}

func (c *call) installation() object {
	self := c.base + "/app/installations/" + installation
	return object{
		"id": 4711, "app_id": 42, "app_slug": "rutter", "client_id": "Iv1.0000000000000000", "target_id": 9001, "target_type": "Organization", "account": c.account(),
		"single_file_name": nil, "repository_selection": "all", "access_tokens_url": self + "/access_tokens",
		"repositories_url": c.base + "/installation/repositories", "html_url": web + "organizations/" + owner + "/settings/installations/" + installation,
		"events": []any{}, "permissions": object{"metadata": "read"}, "created_at": stamp(c.now), "updated_at": stamp(c.now), "suspended_by": nil, "suspended_at": nil,
	}
}
