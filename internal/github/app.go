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
	"strconv"
	"strings"
	"time"

	"github.com/google/go-github/v62/github"
)

// app is a GitHub App: what it takes to get tokens of an installation of it.
type app struct {
	id           string // its id or client id
	key          *rsa.PrivateKey
	installation int64 // 0: the only one there is
}

// parseKey reads the private key of an App, in PEM. Errors hold nothing of it.
func parseKey(data []byte) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("the file holds no key in PEM form")
	}
	if key, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
		return key, nil
	}
	any, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errors.New("the file holds no private key that can be read")
	}
	key, ok := any.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("the key is not an RSA key; GitHub Apps have RSA keys")
	}
	return key, nil
}

// claim signs who we are, for nine minutes: GitHub takes ten at most. It begins
// a minute ago, since clocks differ (now is the server's, as far as it is known).
func (a *app) claim(now time.Time) (string, error) {
	head := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","typ":"JWT"}`))
	claims, err := json.Marshal(map[string]any{
		"iat": now.Add(-time.Minute).Unix(),
		"exp": now.Add(9 * time.Minute).Unix(),
		"iss": a.id,
	})
	if err != nil {
		return "", err
	}
	text := head + "." + base64.RawURLEncoding.EncodeToString(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, a.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", &AuthError{Message: "the key of the GitHub App cannot sign: " + err.Error()}
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}

// appAuthority authorises requests as the App itself.
type appAuthority struct {
	app *app
	now func() time.Time
}

func (a appAuthority) token(context.Context) (Secret, error) {
	text, err := a.app.claim(a.now())
	return secretOf(text), err
}

// renew is always worth it: the answer that refuses a claim shows the server's
// clock, and a clock that is wrong is why most claims are refused.
func (appAuthority) renew(Secret) bool { return true }

func (a appAuthority) identity() string { return "app " + a.app.id }

// installed authorises requests as an installation of the App.
type installed struct {
	client *Client
	app    *app
	api    *github.Client // asks as the App
	busy   chan struct{}  // holds something while somebody works on what follows

	current Secret
	until   time.Time // by our clock
}

// lifetime is how long a token of an installation is used: it is good for an
// hour, and a request may wait for a limit in between.
const lifetime = 50 * time.Minute

func newInstalled(c *Client, a *app, api *github.Client) *installed {
	return &installed{client: c, app: a, api: api, busy: make(chan struct{}, 1)}
}

func (i *installed) token(ctx context.Context) (Secret, error) {
	if err := i.lock(ctx); err != nil {
		return Secret{}, err
	}
	defer i.unlock()
	if i.current.reveal() != "" && i.client.options.Clock.Now().Before(i.until) {
		return i.current, nil
	}
	if err := i.exchange(ctx); err != nil {
		return Secret{}, fmt.Errorf("get a token of the GitHub App: %w", err)
	}
	return i.current, nil
}

// renew forgets a token that was refused, unless somebody has a new one already.
func (i *installed) renew(refused Secret) bool {
	i.busy <- struct{}{}
	defer i.unlock()
	if i.current == refused {
		i.current = Secret{}
	}
	return true
}

func (i *installed) identity() string {
	return fmt.Sprintf("installation %d of %s", i.app.installation, i.app.id)
}

func (i *installed) lock(ctx context.Context) error {
	select {
	case i.busy <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (i *installed) unlock() { <-i.busy }

// exchange gets a new token.
func (i *installed) exchange(ctx context.Context) error {
	id := i.app.installation
	if id == 0 {
		var err error
		if id, err = i.find(ctx); err != nil {
			return err
		}
	}
	var got struct {
		Token string `json:"token"`
	}
	began := i.client.options.Clock.Now()
	path := fmt.Sprintf("app/installations/%d/access_tokens", id)
	if err := i.ask(ctx, http.MethodPost, path, &got); err != nil {
		return i.refusal(id, err)
	}
	if got.Token == "" {
		return &MalformedError{What: path, Reason: "it holds no token"}
	}
	i.client.scrub.learn(got.Token)
	i.current, i.until = secretOf(got.Token), began.Add(lifetime)
	return nil
}

// refusal says what a refused exchange means.
func (i *installed) refusal(id int64, err error) error {
	var gone *GoneError
	var denied *DeniedError
	switch {
	case errors.As(err, &gone):
		return &AuthError{Message: fmt.Sprintf("the GitHub App %s has no installation %d; correct RUTTER_APP_INSTALLATION, or unset it where the App is installed once", i.app.id, id)}
	case errors.As(err, &denied):
		return &AuthError{Message: fmt.Sprintf("installation %d of the GitHub App %s gives no token (it may be suspended): %v", id, i.app.id, denied)}
	}
	return err
}

// find returns the only installation of the App.
func (i *installed) find(ctx context.Context) (int64, error) {
	var list []struct {
		ID      int64 `json:"id"`
		Account struct {
			Login string `json:"login"`
		} `json:"account"`
	}
	if err := i.ask(ctx, http.MethodGet, "app/installations?per_page=100", &list); err != nil {
		return 0, err
	}
	switch {
	case len(list) == 0:
		return 0, &AuthError{Message: fmt.Sprintf("the GitHub App %s is not installed anywhere; install it for the organisation", i.app.id)}
	case len(list) > 1:
		names := make([]string, len(list))
		for n, l := range list {
			names[n] = strconv.FormatInt(l.ID, 10) + " (" + i.client.scrub.said(l.Account.Login) + ")"
		}
		return 0, &AuthError{Message: fmt.Sprintf("the GitHub App %s has several installations; set RUTTER_APP_INSTALLATION to one of %s", i.app.id, strings.Join(names, ", "))}
	case list[0].ID <= 0:
		return 0, &MalformedError{What: "app/installations", Reason: "the installation has no id"}
	}
	return list[0].ID, nil
}

func (i *installed) ask(ctx context.Context, method, path string, into any) error {
	_, body, err := i.client.send(ctx, i.api, method, path, nil)
	if err != nil {
		return err
	}
	if err := decode(body, into); err != nil {
		return i.client.malformed(path, err)
	}
	return nil
}
