package github

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// The way of a request, from go-github down to the line:
//
//	conditional   has this answer changed since the last run?
//	retried       waits for limits, tries again after failures
//	judged        turns answers that are none into errors of this package
//	redirected    follows to the same origin
//	authorised    adds the token, for the configured origin only
//	metered       one place at the gate; counts, reads the clock of the server
//	whole         reads the body to its end, within limits of time and size
//
// What comes up from retried is good: go-github sees no failure, no limit and
// no redirect, for all of which it has opinions of its own.

// roundTrip is one layer of the way.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func (c *Client) chain(who authority, line http.RoundTripper, t timeouts) http.RoundTripper {
	return c.retried(c.judged(c.redirected(c.authorised(who, c.metered(c.whole(line, t))))))
}

// again returns a copy of a request that can be sent once more.
func again(req *http.Request) *http.Request {
	next := req.Clone(req.Context())
	if req.GetBody != nil {
		next.Body, _ = req.GetBody() // bytes in memory: no error
	}
	return next
}

// wholeBody is a body that was read to its end.
type wholeBody struct {
	*bytes.Reader
	data []byte
}

func (wholeBody) Close() error { return nil }

func setBody(resp *http.Response, data []byte) {
	resp.Body, resp.ContentLength = wholeBody{bytes.NewReader(data), data}, int64(len(data))
}

func bodyOf(resp *http.Response) []byte {
	b, _ := resp.Body.(wholeBody)
	return b.data
}

// what names a request in messages.
func (c *Client) what(req *http.Request) string {
	return c.at(strings.TrimPrefix(strings.TrimPrefix(req.URL.Path, c.base.Path), "/"))
}

// retried waits for limits and tries again after failures. All that we ask may
// be asked twice: reading, and getting a token.
func (c *Client) retried(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		ctx, bucket := req.Context(), bucketOf(req)
		for failed, refused := 0, 0; ; {
			if err := c.limits.await(ctx, bucket); err != nil {
				return nil, err
			}
			resp, err := next.RoundTrip(again(req))
			switch err := err.(type) { // not errors.As: what is wrapped comes from a request that was retried itself
			case nil:
				c.gate.widen()
				return withoutLimits(resp), nil
			case *limited:
				refused++
				c.slowDown(err, bucket, err.pauseFor(refused, c.jitter()))
			case *UnavailableError:
				if failed++; failed >= triesOf(ctx) {
					return nil, err
				}
				wait := c.backoff(failed, err.after)
				if err := c.options.Clock.Sleep(ctx, wait); err != nil {
					return nil, err
				}
				c.meter.waited(wait)
			default:
				return nil, err
			}
		}
	})
}

func bucketOf(req *http.Request) string {
	if strings.HasSuffix(req.URL.Path, "/graphql") {
		return GraphQL
	}
	return Core
}

// withoutLimits hides the limits from go-github, which would refuse to ask by
// them: it takes all of GHES for one bucket, and goes by the local clock.
func withoutLimits(resp *http.Response) *http.Response {
	for _, name := range []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
		resp.Header.Del(name)
	}
	return resp
}

// slowDown begins a pause, and says so where it is to be waited for.
func (c *Client) slowDown(l *limited, bucket string, wait time.Duration) {
	held := bucket
	if l.secondary {
		held = everything
	}
	added, first := c.limits.begin(held, wait, l.now)
	if first && l.secondary {
		c.gate.narrow()
	}
	if wait > c.options.MaxWait {
		return
	}
	c.meter.waited(added)
	if first {
		c.say(waitNotice(l, bucket, wait))
	}
}

// backoff is the pause after the n-th failure: 1 to 2 s, 2 to 4 s, and so on up
// to a minute, so that clients which failed together do not come back together.
func (c *Client) backoff(n int, asked time.Duration) time.Duration {
	longest := min(time.Minute, 2*time.Second<<min(n-1, 10))
	wait := longest/2 + time.Duration(c.jitter()*float64(longest/2))
	return min(max(wait, asked), time.Minute)
}

// redirected follows redirects to the same origin, as after a rename, and
// refuses all others (rel/A8, T16).
func (c *Client) redirected(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		what := c.what(req)
		for hops := 0; ; hops++ {
			resp, err := next.RoundTrip(req)
			if err != nil || !redirects(resp.StatusCode) {
				return resp, err
			}
			if hops == 5 {
				return nil, &RedirectError{What: what, Reason: "it goes on after five redirects"}
			}
			to, err := req.URL.Parse(resp.Header.Get("Location"))
			switch {
			case err != nil || resp.Header.Get("Location") == "":
				return nil, &RedirectError{What: what, Reason: "it leads to no address"}
			case !sameOrigin(to, c.base):
				return nil, &RedirectError{What: what, Reason: fmt.Sprintf("it leads to %s, which is not %s", c.scrub.said(to.Scheme+"://"+to.Host), c.base.Scheme+"://"+c.base.Host)}
			case req.Method != http.MethodGet && resp.StatusCode != http.StatusTemporaryRedirect && resp.StatusCode != http.StatusPermanentRedirect:
				return nil, &RedirectError{What: what, Reason: fmt.Sprintf("HTTP %d in answer to a question that was posted", resp.StatusCode)}
			}
			to.User = nil
			req = again(req)
			req.URL = to
		}
	})
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && portOf(a) == portOf(b)
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// authorised adds the token. It is the only place that does, so it is also the
// one that refuses every other origin. After a token was refused for good,
// nothing is asked any more (rel/A1).
func (c *Client) authorised(who authority, next http.RoundTripper) http.RoundTripper {
	var over atomic.Pointer[AuthError]
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if !sameOrigin(req.URL, c.base) {
			return nil, &RedirectError{What: c.what(req), Reason: "it is not at " + c.base.Host}
		}
		for renewed := false; ; renewed = true {
			if e := over.Load(); e != nil {
				return nil, e
			}
			token, err := who.token(req.Context())
			if err != nil {
				var refused *AuthError
				if errors.As(err, &refused) {
					over.Store(refused)
				}
				return nil, err
			}
			resp, err := next.RoundTrip(bearing(req, token))
			if err != nil || resp.StatusCode != http.StatusUnauthorized {
				return resp, err
			}
			if renewed || !who.renew(token) {
				e := c.refused(token, refusalOf(bodyOf(resp)))
				over.Store(e)
				return nil, e
			}
		}
	})
}

func bearing(req *http.Request, token Secret) *http.Request {
	req = again(req)
	req.Header.Del("Authorization")
	if token.reveal() != "" {
		req.Header.Set("Authorization", "Bearer "+token.reveal())
	}
	return req
}

// refused says why nothing can be asked.
func (c *Client) refused(token Secret, r refusal) *AuthError {
	if token.reveal() == "" {
		return &AuthError{Message: c.base.Host + " answers nobody without a token; set GH_TOKEN"}
	}
	text := fmt.Sprintf("%s does not accept %s: it is expired, revoked or wrong", c.base.Host, c.options.Credentials.From)
	if t := c.meter.expires(); !t.IsZero() {
		text += "; the token was to expire on " + clockTime(t)
	}
	if r.Message != "" {
		text += fmt.Sprintf(" (it says %q)", c.scrub.said(r.Message))
	}
	return &AuthError{Message: text}
}
