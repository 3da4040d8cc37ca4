package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const payNode = `{"id":"R_1","databaseId":1,"nameWithOwner":"acme/payments","isPrivate":true,"isArchived":false,"isEmpty":false,
	"createdAt":"2024-01-02T03:04:05Z","defaultBranchRef":{"name":"main","target":{"oid":"abc"}},
	"pullRequests":{"totalCount":7},"deployments":{"totalCount":1},"issues":{"totalCount":2},"releases":{"totalCount":3}}`

func TestRepositories_AllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	s := newScript(t, reply(200, `{"data":{"r0":`+payNode+`,"r1":null,"r2":null,"r3":{"id":"R_3","createdAt":null}},"errors":[
		{"type":"NOT_FOUND","path":["r1"],"message":"Could not resolve"},
		{"type":"FORBIDDEN","path":["r2"],"message":"Resource protected by organization SAML enforcement."}]}`))
	found, err := s.client(t).Repositories(t.Context(), []string{"acme/pay", "acme/gone", "acme/closed", "acme/odd", "not a name", "a/../b"})
	if err != nil {
		t.Fatal(err)
	}
	if r := found[0].Repository; found[0].Err != nil || r.ID != 1 || r.Name != "acme/payments" || r.Asked != "acme/pay" || r.Branch != "main" || r.Head != "abc" || !r.Private || r.CreatedAt.IsZero() {
		t.Errorf("got %+v", found[0])
	}
	var (
		gone      *GoneError
		denied    *DeniedError
		malformed *MalformedError
	)
	if !errors.As(found[1].Err, &gone) {
		t.Errorf("%s: %v, want a GoneError", found[1].Asked, found[1].Err)
	}
	if !errors.As(found[2].Err, &denied) || denied.SSO == "" {
		t.Errorf("%s: %v, want a DeniedError of single sign-on", found[2].Asked, found[2].Err)
	}
	if !errors.As(found[3].Err, &malformed) {
		t.Errorf("%s: %v, want a MalformedError", found[3].Asked, found[3].Err)
	}
	for _, f := range found[4:] {
		if !errors.As(f.Err, &gone) || !strings.Contains(f.Err.Error(), fmt.Sprintf("%q", f.Asked)) {
			t.Errorf("%q: %v, want a GoneError that names it", f.Asked, f.Err)
		}
	}
}

func TestRepositories_FiftyAQuestion(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 120 {
		names = append(names, fmt.Sprintf("acme/r%d", i))
	}
	var asked []int
	s := newScript(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(`{"data":{"x":null}}`))
	})
	found, err := s.client(t).Repositories(t.Context(), names)
	if err != nil || len(found) != 120 {
		t.Fatalf("%d, %v", len(found), err)
	}
	for _, q := range s.requests() {
		var question struct{ Variables map[string]string }
		if err := json.Unmarshal([]byte(q.Body), &question); err != nil {
			t.Fatal(err)
		}
		asked = append(asked, len(question.Variables)/2)
	}
	if fmt.Sprint(asked) != "[50 50 20]" {
		t.Errorf("asked for %v at once, want [50 50 20]", asked)
	}
}

func TestRepositories_OverREST(t *testing.T) {
	t.Parallel()
	s := newScript(t,
		reply(200, `{"id":1,"node_id":"R_1","full_name":"acme/payments","private":true,"archived":true,"default_branch":"release/1#2","created_at":"2024-01-02T03:04:05Z"}`),
		reply(200, `{"name":"main","commit":{"sha":"abc"}}`),
		reply(200, `{"id":2,"node_id":"R_2","full_name":"acme/new","default_branch":"main","created_at":"2024-01-02T03:04:05Z"}`),
		reply(404, `{"message":"Branch not found"}`),
		reply(404, `{"message":"Not Found"}`),
		reply(401, `{"message":"Bad credentials"}`),
	)
	c := s.client(t, overREST)
	found, err := c.Repositories(t.Context(), []string{"acme/pay", "acme/new", "acme/gone"})
	if err != nil {
		t.Fatal(err)
	}
	if r := found[0].Repository; r.Name != "acme/payments" || r.Head != "abc" || !r.Private || !r.Archived || r.Empty {
		t.Errorf("got %+v", found[0])
	}
	if got := s.requests()[1].Path; got != "/api/v3/repos/acme/payments/branches/release/1#2" {
		t.Errorf("the branch was asked for at %s", got)
	}
	if r := found[1].Repository; !r.Empty || r.Head != "" || found[1].Err != nil {
		t.Errorf("an empty one: %+v", found[1])
	}
	var gone *GoneError
	if !errors.As(found[2].Err, &gone) {
		t.Errorf("got %v, want a GoneError", found[2].Err)
	}
	var auth *AuthError
	if _, err := c.Repositories(t.Context(), []string{"acme/pay"}); !errors.As(err, &auth) {
		t.Errorf("got %v, want an AuthError for all", err)
	}
}
