package github

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Credentials are what a Client proves itself with. The zero Credentials prove
// nothing: public data, and 60 requests an hour.
type Credentials struct {
	// From says where they were found, for messages: "GH_TOKEN".
	From  string
	token Secret
	app   *app // nil: the token is all
}

// Token returns the credentials of a token that is at hand.
func Token(token string) Credentials { return Credentials{From: "the token", token: secretOf(token)} }

// short reports whether the token is one that lives for hours anyway: that of an
// installation, and so the one of GitHub Actions.
func (c Credentials) short() bool {
	return c.app != nil || strings.HasPrefix(c.token.reveal(), "ghs_")
}

// FromEnvironment finds credentials for an API address, in this order: a GitHub
// App (RUTTER_APP_ID and RUTTER_APP_KEY_FILE, with RUTTER_APP_INSTALLATION where
// it is installed more than once), GH_ENTERPRISE_TOKEN (not for github.com and
// ghe.com), GH_TOKEN, GITHUB_TOKEN, and what the gh command has stored. It is an
// *AuthError where there are none.
func FromEnvironment(env func(string) string, apiURL string) (Credentials, error) {
	return fromEnvironment(env, apiURL, storedByGH)
}

func fromEnvironment(env func(string) string, apiURL string, stored func(host string) string) (Credentials, error) {
	if c, err := appFrom(env); err != nil || c.app != nil {
		return c, err
	}
	host := webHost(apiURL)
	names := []string{"GH_TOKEN", "GITHUB_TOKEN"}
	if host != "github.com" && !strings.HasSuffix(host, ".ghe.com") {
		names = append([]string{"GH_ENTERPRISE_TOKEN"}, names...)
	}
	for _, name := range names {
		token := strings.TrimSpace(env(name))
		if token == "" {
			continue
		}
		if !plainToken(token) {
			return Credentials{}, &AuthError{Message: name + " holds more than a token: it has spaces, line breaks or other characters that no token has"}
		}
		return Credentials{From: name, token: secretOf(token)}, nil
	}
	if token := strings.TrimSpace(stored(host)); plainToken(token) {
		return Credentials{From: "gh auth token", token: secretOf(token)}, nil
	}
	return Credentials{}, &AuthError{Message: fmt.Sprintf(
		"no token for %s; set %s to one that may read the repositories, or RUTTER_APP_ID and RUTTER_APP_KEY_FILE for a GitHub App, or run gh auth login --hostname %s", host, names[0], host)}
}

// plainToken reports whether a text can stand in a header.
func plainToken(token string) bool {
	return token != "" && !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r >= 0x7f })
}

// appFrom returns credentials without an App where none is named.
func appFrom(env func(string) string) (Credentials, error) {
	id, file, installation := strings.TrimSpace(env("RUTTER_APP_ID")), env("RUTTER_APP_KEY_FILE"), strings.TrimSpace(env("RUTTER_APP_INSTALLATION"))
	switch {
	case id == "" && file == "":
		return Credentials{}, nil
	case file == "":
		return Credentials{}, &AuthError{Message: "RUTTER_APP_ID is set but RUTTER_APP_KEY_FILE is not; it names the file with the private key of the GitHub App"}
	case id == "":
		return Credentials{}, &AuthError{Message: "RUTTER_APP_KEY_FILE is set but RUTTER_APP_ID is not; it is the id of the GitHub App"}
	}
	a := &app{id: id}
	if installation != "" {
		n, err := strconv.ParseInt(installation, 10, 64)
		if err != nil || n <= 0 {
			return Credentials{}, &AuthError{Message: "RUTTER_APP_INSTALLATION is not the number of an installation"}
		}
		a.installation = n
	}
	data, err := readSmall(file)
	if err != nil {
		return Credentials{}, &AuthError{Message: fmt.Sprintf("read the key of the GitHub App (RUTTER_APP_KEY_FILE): %v", err)}
	}
	if a.key, err = parseKey(data); err != nil {
		return Credentials{}, &AuthError{Message: fmt.Sprintf("read the key of the GitHub App (RUTTER_APP_KEY_FILE, %s): %v", file, err)}
	}
	return Credentials{From: "GitHub App " + id, app: a}, nil
}

// readSmall reads a regular file of up to 4 MiB: a key, or the certificates of
// all authorities there are.
func readSmall(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", name)
	}
	const most = 4 << 20
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && len(data) > most {
		err = fmt.Errorf("%s is larger than 4 MiB", name)
	}
	return data, err
}

// storedByGH asks the gh command for a token; "" where there is none, and where
// there is no gh but one in the current folder, which anybody may have put there.
func storedByGH(host string) string {
	program, err := exec.LookPath("gh")
	if err != nil { // exec.ErrDot included
		return ""
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "auth", "token", "--hostname", host)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// authority authorises requests.
type authority interface {
	token(ctx context.Context) (Secret, error) // empty: none is sent
	renew(refused Secret) bool                 // after a 401: whether another token may do
	identity() string                          // who asks; holds no secret
}

// anonymous sends no token.
type anonymous struct{}

func (anonymous) token(context.Context) (Secret, error) { return Secret{}, nil }
func (anonymous) renew(Secret) bool                     { return false }
func (anonymous) identity() string                      { return "" }

// fixed sends one token.
type fixed struct{ secret Secret }

func (f fixed) token(context.Context) (Secret, error) { return f.secret, nil }
func (fixed) renew(Secret) bool                       { return false }

func (f fixed) identity() string {
	sum := sha256.Sum256([]byte(f.secret.reveal()))
	return hex.EncodeToString(sum[:])
}

// GitHeader returns the value of the Authorization header with which git reads
// repositories over HTTPS; "" without credentials. It is a secret.
func (c *Client) GitHeader(ctx context.Context) (string, error) {
	token, err := c.auth.token(ctx)
	if err != nil || token.reveal() == "" {
		return "", err
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+token.reveal())), nil
}

// WebURL returns the origin of git and web addresses for an API address:
// https://api.github.com/ belongs to https://github.com, https://host/api/v3/ to
// https://host and https://api.sub.ghe.com/ to https://sub.ghe.com. It is "" for
// what is no address.
func WebURL(apiURL string) string {
	u, err := url.Parse(apiURL)
	if err != nil || u.Host == "" || u.Scheme == "" {
		return ""
	}
	host := u.Host
	if name := strings.ToLower(u.Hostname()); name == "api.github.com" || strings.HasPrefix(name, "api.") && strings.HasSuffix(name, ".ghe.com") {
		host = host[len("api."):]
	}
	return strings.ToLower(u.Scheme + "://" + host)
}

// webHost is the host of WebURL, by which gh knows its tokens.
func webHost(apiURL string) string {
	_, host, _ := strings.Cut(WebURL(apiURL), "://")
	return host
}
