package githubtest_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rutter-dev/rutter/internal/testkit"
	"github.com/rutter-dev/rutter/internal/testkit/githubtest"
)

// prism starts a proxy in front of a server that holds requests and answers
// against GitHub's OpenAPI document, and returns its address.
func prism(t *testing.T, to string) string {
	t.Helper()
	if os.Getenv("RUTTER_TEST_ALL") != "1" {
		t.Skip("not run: RUTTER_TEST_ALL=1 asks for the contract with GitHub's OpenAPI document, which takes half a minute")
	}
	dir, err := githubtest.Documents()
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "@stoplight", "prism-cli", "dist", "index.js")
	document := filepath.Join(dir, "@octokit", "openapi", "generated", "api.github.com.json")
	node, err := exec.LookPath("node")
	if err != nil {
		testkit.Missing(t, "node")
	}
	for _, file := range []string{program, document} {
		if _, err := os.Stat(file); dir == "" || err != nil {
			testkit.Missing(t, "GitHub's OpenAPI document and Prism (make deps)")
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), node, program, "proxy", "--errors", "-h", "127.0.0.1", "-p", port, document, to)
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() { cmd.Process.Kill(); <-ended })
	for range 600 { // it reads 13 MB first
		if conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second); err == nil {
			conn.Close()
			return "http://127.0.0.1:" + port
		}
		select {
		case <-ended:
			t.Fatalf("prism ended: %s", out.Bytes())
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatalf("prism did not start in a minute")
	return ""
}

// TestContract holds every kind of answer of REST against GitHub's own
// description of it.
func TestContract(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Organisation)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	a.server.App(&key.PublicKey)
	proxy := prism(t, a.server.URL)
	ask := func(method, path string, want int, authorization string) {
		t.Helper()
		answer, data, err := a.do(method, proxy+path, nil, "Authorization", authorization)
		if err != nil {
			t.Fatal(err)
		}
		if answer.StatusCode != want {
			t.Errorf("%s %s: got %d, want %d: %.1500s", method, path, answer.StatusCode, want, data)
		}
		if v := answer.Header.Get("sl-violations"); v != "" {
			t.Errorf("%s %s: it is not what GitHub describes: %.1500s", method, path, v)
		}
	}
	bearer := "Bearer " + githubtest.Token
	e := a.server.World().Truth()
	first := func(source, status string) string {
		for _, d := range e.Deployments {
			if d.Repo == "acme/pay" && string(d.Source) == source && string(d.Status) == status {
				return d.ID
			}
		}
		t.Fatalf("no %s with %s", source, status)
		return ""
	}
	again := ""
	for _, d := range e.Deployments {
		if d.Repo == "acme/pay" && d.Attempt > 1 {
			again = d.ID
		}
	}
	incident := ""
	for _, i := range e.Incidents {
		if i.Repo == "acme/pay" && i.State == "closed" {
			incident = i.ID
		}
	}
	deployment := first("github_deployments", "success")
	for _, path := range []string{
		"/repos/acme/pay", "/repos/acme/vault", "/repos/acme/blank",
		"/repos/acme/pay/pulls?state=all&sort=updated&direction=desc&per_page=100&page=2", "/repos/acme/pay/pulls?state=all&sort=created&direction=asc",
		"/repos/acme/pay/pulls/1", "/repos/acme/pay/pulls/1/commits?per_page=100", "/repos/acme/pay/pulls/1/reviews", "/repos/acme/pay/pulls/13/reviews?per_page=100", "/repos/acme/pay/pulls/1/files?per_page=100",
		"/repos/acme/pay/issues?state=all&labels=incident&sort=updated&direction=asc&since=2024-02-01T00:00:00Z&per_page=100", "/repos/acme/pay/issues?state=all&per_page=100",
		"/repos/acme/pay/issues/" + incident, "/repos/acme/pay/issues/" + incident + "/timeline?per_page=100", "/repos/acme/pay/issues/2/timeline?per_page=100",
		"/repos/acme/pay/issues/" + incident + "/events?per_page=100",
		"/repos/acme/pay/deployments?per_page=100", "/repos/acme/pay/deployments?environment=production", "/repos/acme/pay/deployments/" + deployment,
		"/repos/acme/pay/deployments/" + deployment + "/statuses?per_page=100",
		"/repos/acme/pay/releases?per_page=100", "/repos/acme/pay/tags?per_page=100", "/repos/acme/pay/branches/main",
		"/repos/acme/pay/actions/workflows/deploy.yml/runs?per_page=100&branch=main", "/repos/acme/pay/actions/runs/" + again, "/repos/acme/pay/actions/runs/" + again + "/attempts/1",
		"/repos/acme/pay/actions/runs/" + again + "/attempts/2", "/rate_limit",
	} {
		ask(http.MethodGet, path, 200, bearer)
	}
	ask(http.MethodGet, "/repos/acme/none", 404, bearer)
	ask(http.MethodGet, "/repos/acme/proxy", 200, bearer) // the proxy follows the redirect
	ask(http.MethodGet, "/app/installations?per_page=100", 200, "Bearer "+assertion(t, key))
	ask(http.MethodPost, "/app/installations/4711/access_tokens", 201, "Bearer "+assertion(t, key))
	if t.Failed() {
		return
	}
	// The proxy does notice: it refuses what GitHub would not take.
	ask(http.MethodGet, "/repos/acme/pay/pulls?per_page=abc", 422, bearer)
}

// assertion is what an App says it is by, signed with its key.
func assertion(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	part := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	text := part(map[string]any{"alg": "RS256", "typ": "JWT"}) + "." + part(map[string]any{"iss": "42"})
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// A token of an installation counts for an hour.
func TestInstallationToken(t *testing.T) {
	t.Parallel()
	a := start(t, 1, githubtest.Small)
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	a.server.App(&key.PublicKey)
	var list []struct{ ID int }
	a.get("app/installations", 200, &list, "Authorization", "Bearer "+assertion(t, key))
	a.get("app/installations", 401, nil, "Authorization", "Bearer "+githubtest.Token+".x.y")
	answer, data, err := a.do(http.MethodPost, a.server.APIURL()+fmt.Sprintf("app/installations/%d/access_tokens", list[0].ID), nil, "Authorization", "Bearer "+assertion(t, key))
	var got struct{ Token string }
	if err != nil || answer.StatusCode != 201 || json.Unmarshal(data, &got) != nil || !strings.HasPrefix(got.Token, "ghs_") {
		t.Fatalf("%v, %v: %s", err, answer, data)
	}
	a.get("repos/acme/pay", 200, nil, "Authorization", "Bearer "+got.Token)
	a.server.World().Advance(61 * time.Minute)
	a.get("repos/acme/pay", 401, nil, "Authorization", "Bearer "+got.Token)
}
