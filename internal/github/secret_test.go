package github

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestRel_T15_SecretShowsItselfNowhere(t *testing.T) {
	t.Parallel()
	secret := secretOf(canary)
	holder := struct {
		Secret  Secret
		Pointer *Secret
		Creds   Credentials
	}{secret, &secret, Token(canary)}
	var log bytes.Buffer
	logger := slog.New(slog.NewJSONHandler(&log, nil))
	logger.Info("text", "secret", secret, "pointer", &secret, "creds", holder.Creds, "holder", holder)
	slog.New(slog.NewTextHandler(&log, nil)).Info("text", "secret", secret, "holder", holder)
	marshalled, err := json.Marshal(map[string]any{"a": secret, "b": holder})
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{log.String(), string(marshalled), secret.String(), secret.GoString()}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%10.3s"} {
		texts = append(texts, fmt.Sprintf(verb, secret), fmt.Sprintf(verb, &secret), fmt.Sprintf(verb, []Secret{secret}), fmt.Sprintf(verb, holder), fmt.Sprintf(verb, holder.Creds))
	}
	for _, text := range texts {
		if form := leak(text); form != "" {
			t.Errorf("%q holds the token as %q", text, form)
		}
	}
}

// encodings are the forms in which the token must not be seen, made apart from
// the product.
func encodings() []string {
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + canary))
	return []string{
		canary,
		base64.StdEncoding.EncodeToString([]byte(canary))[:40],
		base64.URLEncoding.EncodeToString([]byte(canary))[:40],
		basic[len(basic)-30:],
		hex.EncodeToString([]byte(canary)),
		url.QueryEscape(canary),
		canary[:20], // nor a good part of it
	}
}

// leak returns the form in which a text holds the token; "": it does not.
func leak(text string) string {
	for _, form := range encodings() {
		if strings.Contains(text, form) {
			return form
		}
	}
	return ""
}

func TestRel_T15_ScrubTakesOutAllForms(t *testing.T) {
	t.Parallel()
	for _, token := range []string{canary, "0123456789abcdef0123456789abcdef01234567", "v1.odd+token/with=signs&more"} {
		c, err := New(Options{APIURL: "https://api.github.com/", Credentials: Token(token)})
		if err != nil {
			t.Fatal(err)
		}
		std, web := base64.StdEncoding.EncodeToString, base64.URLEncoding.EncodeToString
		for _, form := range []string{
			token, url.QueryEscape(token), url.PathEscape(token), hex.EncodeToString([]byte(token)), strings.ToUpper(hex.EncodeToString([]byte(token))),
			std([]byte(token)), web([]byte(token)),
			std([]byte("x-access-token:" + token)), std([]byte("a:" + token)), std([]byte("ab:" + token)), std([]byte("abc:" + token + "\n")),
		} {
			got := c.Scrub("before " + form + " after")
			if !strings.HasPrefix(got, "before ") || !strings.HasSuffix(got, " after") || !strings.Contains(got, hidden) || strings.Contains(got, form[len(form)/4:len(form)*3/4]) {
				t.Errorf("token %s as %s: got %q", token, form, got)
			}
		}
	}
	c, err := New(Options{APIURL: "https://api.github.com/"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"a ghp_0123456789abcdefABCDEF b":                           "a [secret] b",
		"gho_0123456789abcdef,ghu_0123456789abcdef":                "[secret],[secret]",
		"ghs_0123456789abcdef ghr_0123456789abcdef":                "[secret] [secret]",
		"github_pat_11ABC_0123456789":                              "[secret]",
		"https://user:password@host.test/x":                        "https://[secret]@host.test/x",
		"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiIxMjM0NTYifQ.c2lnbmF0dXJl": "[secret]",
		"release v1 of acme/pay by dev-1@example.org":              "release v1 of acme/pay by dev-1@example.org",
		"": "",
	} {
		if got := c.Scrub(text); got != want {
			t.Errorf("Scrub(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSaidIsFitForATerminal(t *testing.T) {
	t.Parallel()
	var s scrubber
	for text, want := range map[string]string{
		"\x1b]8;;http://x\x07link\x1b[31m": "]8;;http://xlink[31m",
		"a\r\nb\u202ec":                    "a  bc",
		"\xff":                             "\uFFFD",
		strings.Repeat("é", 301):           strings.Repeat("é", 300) + " …",
	} {
		if got := s.said(text); got != want {
			t.Errorf("said(%q) = %q, want %q", text, got, want)
		}
	}
}

// A server that sends back what it was sent, in every place it can, gets the
// token into nothing that anybody sees.
func TestRel_T15_CanaryIsSeenNowhere(t *testing.T) {
	t.Parallel()
	basic := base64.StdEncoding.EncodeToString([]byte("x-access-token:" + canary))
	echo := fmt.Sprintf("%s Bearer %s Basic %s %x %s", canary, canary, basic, canary, base64.StdEncoding.EncodeToString([]byte(canary)))
	body, _ := json.Marshal(map[string]any{"message": echo, "documentation_url": echo, "errors": []any{map[string]string{"message": echo, "field": canary, "code": canary}}})
	headers := []string{
		"X-Accepted-GitHub-Permissions", echo, "X-GitHub-SSO", "required; url=https://host.test/?t=" + canary,
		"GitHub-Authentication-Token-Expiration", "2026-11-23 00:00:00 UTC", "X-Echo", echo,
	}
	steps := map[string]step{
		"redirect":       reply(302, "", append(headers, "Location", "https://"+canary+".test/"+canary+"?"+basic)...),
		"page":           reply(200, "<html>"+echo, headers...),
		"wrong kind":     reply(200, `"`+echo+`"`, headers...),
		"double key":     reply(200, `[{"`+canary+`":1,"`+canary+`":2}]`, headers...),
		"wrong type":     reply(200, `[{"id":"`+echo+`"}]`, headers...),
		"trailing":       reply(200, `[]`+echo, headers...),
		"limit":          reply(403, string(body), append(headers, "Retry-After", "999999")...),
		"secondary":      reply(403, `{"message":"secondary rate limit `+echo+`"}`, append(headers, "Retry-After", "999999")...),
		"query problems": reply(200, `{"data":null,"errors":[`+string(body)+`]}`, headers...),
		"cut":            cut,
	}
	for _, status := range []int{202, 204, 400, 401, 403, 404, 410, 422, 429, 451, 500, 502} {
		steps[fmt.Sprint(status)] = reply(status, string(body), headers...)
	}
	for name, answer := range steps {
		var log bytes.Buffer
		var kept shelf
		c := newScript(t, answer).client(t, func(o *Options) { o.Validators = &kept })
		texts := []string{}
		for _, ask := range []func() error{
			func() error { _, err := c.get(t.Context(), "repos/acme/pay", &[]item{}); return err },
			func() error { _, err := c.query(t.Context(), "query { a }", nil, &struct{}{}); return err },
			func() error { _, err := c.get(t.Context(), "repos/"+canary+"/pay", &[]item{}); return err },
		} {
			err := ask()
			if err == nil {
				t.Errorf("%s: no error", name)
			}
			slog.New(slog.NewJSONHandler(&log, nil)).Error("failed", "err", err, "usage", c.Usage())
			for _, e := range chainOf(err) {
				texts = append(texts, e.Error(), fmt.Sprintf("%+v", e), fmt.Sprintf("%#v", e))
			}
		}
		texts = append(texts, c.told(), log.String(), fmt.Sprintf("%+v", c.Usage()), fmt.Sprint(kept.data))
		for _, text := range texts {
			if form := leak(text); form != "" {
				t.Errorf("%s: %q holds the token as %q", name, text, form)
			}
		}
	}
}

// chainOf lists an error and all that it wraps.
func chainOf(err error) []error {
	var list []error
	for ; err != nil; err = errors.Unwrap(err) {
		list = append(list, err)
	}
	return list
}

func TestRel_T15_GitHeader(t *testing.T) {
	t.Parallel()
	c, err := New(Options{APIURL: "https://api.github.com/", Credentials: Token(canary)})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.GitHeader(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	r := &http.Request{Header: http.Header{"Authorization": {got}}}
	if user, password, ok := r.BasicAuth(); !ok || user != "x-access-token" || password != canary {
		t.Errorf("git would send %q, %q", user, password)
	}
	if text := c.Scrub("git -c http.extraHeader='Authorization: " + got + "'"); leak(text) != "" || strings.Contains(text, got[len(got)/2:]) {
		t.Errorf("scrubbed: %q", text)
	}
	nobody, err := New(Options{APIURL: "https://api.github.com/"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := nobody.GitHeader(context.Background()); got != "" || err != nil {
		t.Errorf("without credentials: got %q, %v", got, err)
	}
}
