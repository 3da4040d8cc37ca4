package github

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// appKey is a key that the tests share: making one takes long.
var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func keyFile(t *testing.T, kind string, der []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "app.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// verifyClaim checks a signed claim as GitHub does, at its own time.
func verifyClaim(header string, at time.Time) error {
	parts := strings.Split(strings.TrimPrefix(header, "Bearer "), ".")
	if len(parts) != 3 {
		return fmt.Errorf("%d parts", len(parts))
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if err := rsa.VerifyPKCS1v15(&appKey().PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		return err
	}
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return err
	}
	var claims struct {
		Iat, Exp int64
		Iss      string
	}
	if err := json.Unmarshal(text, &claims); err != nil {
		return err
	}
	switch iat, exp := time.Unix(claims.Iat, 0), time.Unix(claims.Exp, 0); {
	case claims.Iss != "123":
		return fmt.Errorf("iss is %q", claims.Iss)
	case iat.After(at) || !exp.After(at) || exp.Sub(at) > 10*time.Minute:
		return fmt.Errorf("from %v to %v is not good at %v", iat, exp, at)
	}
	return nil
}

// appServer answers as GitHub does to an App with installation 7.
type appServer struct {
	*script
	mu      sync.Mutex
	tokens  int
	revoked map[string]bool
	list    string
}

func newAppServer(t *testing.T) *appServer {
	t.Helper()
	a := &appServer{revoked: map[string]bool{}, list: `[{"id":7,"account":{"login":"acme"}}]`}
	a.script = newScript(t, a.answer)
	return a
}

func (a *appServer) answer(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	header := r.Header.Get("Authorization")
	if strings.HasPrefix(r.URL.Path, "/api/v3/app/") {
		if err := verifyClaim(header, a.clock.Now().Add(a.skew)); err != nil {
			reply(401, `{"message":"`+err.Error()+`"}`)(w, r)
			return
		}
	}
	switch r.URL.Path {
	case "/api/v3/app/installations":
		reply(200, a.list)(w, r)
	case "/api/v3/app/installations/7/access_tokens":
		if r.Method != http.MethodPost {
			w.WriteHeader(405)
			return
		}
		a.tokens++
		reply(201, fmt.Sprintf(`{"token":"ghs_installation%024d","expires_at":"2026-11-22T15:00:00Z"}`, a.tokens))(w, r)
	case "/api/v3/repos/acme/pay/releases":
		if token := strings.TrimPrefix(header, "Bearer "); !strings.HasPrefix(token, "ghs_") || a.revoked[token] {
			reply(401, `{"message":"Bad credentials"}`)(w, r)
			return
		}
		fine(w, r)
	default:
		reply(404, `{"message":"Not Found"}`)(w, r)
	}
}

func (a *appServer) app(t *testing.T, more ...string) *scripted {
	t.Helper()
	env := environment(append(more, "RUTTER_APP_ID", "123", "RUTTER_APP_KEY_FILE", keyFile(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(appKey())))...)
	creds, err := FromEnvironment(env, a.URL+"/api/v3/")
	if err != nil {
		t.Fatal(err)
	}
	return a.client(t, func(o *Options) { o.Credentials, o.Workers = creds, 1 })
}

func TestAppGetsAndRenewsTokens(t *testing.T) {
	t.Parallel()
	for name, more := range map[string][]string{"installation found": nil, "installation given": {"RUTTER_APP_INSTALLATION", "7"}} {
		a := newAppServer(t)
		c := a.app(t, more...)
		for range 3 {
			if _, _, err := c.items(t.Context()); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if a.tokens != 1 {
			t.Errorf("%s: %d tokens for three requests, want 1", name, a.tokens)
		}
		_ = a.clock.Sleep(t.Context(), 50*time.Minute)
		if _, _, err := c.items(t.Context()); err != nil || a.tokens != 2 {
			t.Errorf("%s: after 50 min: %v, %d tokens, want 2", name, err, a.tokens)
		}
		// A token that is revoked early is replaced, once.
		a.mu.Lock()
		a.revoked[fmt.Sprintf("ghs_installation%024d", 2)] = true
		a.mu.Unlock()
		if _, _, err := c.items(t.Context()); err != nil || a.tokens != 3 {
			t.Errorf("%s: after it was revoked: %v, %d tokens, want 3", name, err, a.tokens)
		}
		header, err := c.GitHeader(t.Context())
		if err != nil || !strings.HasPrefix(header, "Basic ") {
			t.Errorf("%s: GitHeader: %v", name, err)
		}
		if got := c.Scrub(header + fmt.Sprintf(" ghs_installation%024d", 3)); strings.Contains(got, "installation0") || strings.Contains(got, header[30:]) {
			t.Errorf("%s: scrubbed: %s", name, got)
		}
	}
}

func TestRel_A19_AppWithAWrongClock(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-2 * time.Hour, 2 * time.Hour} {
		a := newAppServer(t)
		a.skew = skew
		if _, _, err := a.app(t).items(t.Context()); err != nil {
			t.Errorf("skew %v: %v", skew, err)
		}
	}
}

func TestRel_A1_AppThatIsRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, list, installation, want string
	}{
		{"installed nowhere", `[]`, "", "is not installed anywhere"},
		{"installed twice", `[{"id":7,"account":{"login":"acme"}},{"id":8,"account":{"login":"other"}}]`, "", "set RUTTER_APP_INSTALLATION to one of 7 (acme), 8 (other)"},
		{"another installation", `[]`, "9", "has no installation 9"},
	} {
		a := newAppServer(t)
		a.list = test.list
		c := a.app(t, "RUTTER_APP_INSTALLATION", test.installation)
		for range 3 {
			var auth *AuthError
			if err := c.fails(t); !errors.As(err, &auth) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%s: got %v", test.name, err)
			}
		}
		if n := len(a.requests()); n != 1 {
			t.Errorf("%s: %d requests, want 1", test.name, n)
		}
	}
	// All is refused: two claims, since the first may have met a wrong clock.
	s := newScript(t, reply(401, `{"message":"A JSON web token could not be decoded"}`))
	a := &appServer{script: s}
	c := a.app(t)
	for range 3 {
		var auth *AuthError
		if err := c.fails(t); !errors.As(err, &auth) {
			t.Errorf("got %v", err)
		}
	}
	if n := len(s.requests()); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

// A failure below the exchange of a token is tried again there, not at both
// levels.
func TestRel_A11_AppTriesFiveTimes(t *testing.T) {
	t.Parallel()
	s := newScript(t, reply(502, ""))
	a := &appServer{script: s}
	var unavailable *UnavailableError
	if err := a.app(t).fails(t); !errors.As(err, &unavailable) || !strings.Contains(err.Error(), "get a token of the GitHub App") {
		t.Errorf("got %v", err)
	}
	if n := len(s.requests()); n != 5 {
		t.Errorf("%d requests, want 5", n)
	}
}

func TestRel_A22_AppExchangeIsCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	s := newScript(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
	a := &appServer{script: s}
	if _, _, err := a.app(t).items(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCredentialsOfTheEnvironment(t *testing.T) {
	t.Parallel()
	pkcs1 := keyFile(t, "RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(appKey()))
	der, err := x509.MarshalPKCS8PrivateKey(appKey())
	if err != nil {
		t.Fatal(err)
	}
	pkcs8 := keyFile(t, "PRIVATE KEY", der)
	const (
		com  = "https://api.github.com/"
		ghe  = "https://api.acme.ghe.com/"
		ghes = "https://ghes.test/api/v3/"
	)
	for _, test := range []struct {
		name, api   string
		env         []string
		gh          string // what gh has stored
		from, token string
	}{
		{"App first", com, []string{"RUTTER_APP_ID", "123", "RUTTER_APP_KEY_FILE", pkcs1, "GH_TOKEN", "a"}, "", "GitHub App 123", ""},
		{"App with PKCS 8", com, []string{"RUTTER_APP_ID", "123", "RUTTER_APP_KEY_FILE", pkcs8}, "", "GitHub App 123", ""},
		{"GH_TOKEN before GITHUB_TOKEN", com, []string{"GITHUB_TOKEN", "b", "GH_TOKEN", "a"}, "c", "GH_TOKEN", "a"},
		{"GITHUB_TOKEN before gh", com, []string{"GITHUB_TOKEN", "b\n"}, "c", "GITHUB_TOKEN", "b"},
		{"gh last", com, nil, "c\n", "gh auth token", "c"},
		{"enterprise token is not for github.com", com, []string{"GH_ENTERPRISE_TOKEN", "e"}, "c", "gh auth token", "c"},
		{"nor for ghe.com", ghe, []string{"GH_ENTERPRISE_TOKEN", "e", "GH_TOKEN", "a"}, "", "GH_TOKEN", "a"},
		{"but for others", ghes, []string{"GH_ENTERPRISE_TOKEN", "e", "GH_TOKEN", "a"}, "", "GH_ENTERPRISE_TOKEN", "e"},
		{"GH_TOKEN for others", ghes, []string{"GH_TOKEN", "a"}, "", "GH_TOKEN", "a"},
	} {
		var host string
		got, err := fromEnvironment(environment(test.env...), test.api, func(h string) string { host = h; return test.gh })
		if err != nil || got.From != test.from || got.token.reveal() != test.token {
			t.Errorf("%s: got %q from %q, %v; want %q from %q", test.name, got.token.reveal(), got.From, err, test.token, test.from)
		}
		if test.api == com && host != "" && host != "github.com" {
			t.Errorf("%s: gh was asked for %q", test.name, host)
		}
	}
}

// A gh of the current folder is anybody's program.
func TestStoredByGH(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("not run, the stand-in for gh is a shell script")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "gh"), []byte("#!/bin/sh\necho \"$*\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	if got, want := storedByGH("github.com"), "auth token --hostname github.com\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	t.Chdir(dir)
	for _, path := range []string{".", "", t.TempDir()} {
		t.Setenv("PATH", path)
		if got := storedByGH("github.com"); got != "" {
			t.Errorf("PATH=%q: got %q, want nothing", path, got)
		}
	}
}

func TestRel_A1_NoCredentials(t *testing.T) {
	t.Parallel()
	noKey := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(noKey, []byte("-----BEGIN NOTHING-----\n"+canary+"\n-----END NOTHING-----\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		env  []string
		want string
	}{
		{"nothing", nil, "no token for ghes.test; set GH_ENTERPRISE_TOKEN"},
		{"App without a key", []string{"RUTTER_APP_ID", "1", "GH_TOKEN", "a"}, "RUTTER_APP_KEY_FILE is not"},
		{"key without an App", []string{"RUTTER_APP_KEY_FILE", noKey}, "RUTTER_APP_ID is not"},
		{"no key in the file", []string{"RUTTER_APP_ID", "1", "RUTTER_APP_KEY_FILE", noKey}, "no"},
		{"no such file", []string{"RUTTER_APP_ID", "1", "RUTTER_APP_KEY_FILE", noKey + "x"}, "no such file"},
		{"a folder", []string{"RUTTER_APP_ID", "1", "RUTTER_APP_KEY_FILE", t.TempDir()}, "is not a file"},
		{"installation is a name", []string{"RUTTER_APP_ID", "1", "RUTTER_APP_KEY_FILE", noKey, "RUTTER_APP_INSTALLATION", "acme"}, "not the number"},
		{"two lines", []string{"GH_TOKEN", canary + "\nX-Header: 1"}, "GH_TOKEN holds more than a token"},
	} {
		_, err := fromEnvironment(environment(test.env...), "https://ghes.test/api/v3/", func(string) string { return "" })
		var auth *AuthError
		if !errors.As(err, &auth) || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
	var auth *AuthError
	c := newScript(t, reply(401, `{"message":"Requires authentication"}`)).client(t, func(o *Options) { o.Credentials = Credentials{} })
	if err := c.fails(t); !errors.As(err, &auth) || !strings.Contains(err.Error(), "set GH_TOKEN") {
		t.Errorf("anonymous: got %v", err)
	}
}
