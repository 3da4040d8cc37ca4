package github

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
)

// Validators keeps what conditional requests need from one run to the next. The
// data is opaque. Losing it costs requests and nothing else.
type Validators interface {
	Validator(ctx context.Context, key string) ([]byte, error) // nil: none
	SetValidator(ctx context.Context, key string, data []byte) error
}

// known is an answer that a server may call unchanged.
type known struct {
	ETag string   `json:"etag"`
	Link []string `json:"link,omitempty"`
	Body []byte   `json:"body"`
}

// validatorKey names an answer. It depends on who asks, since what a token may
// see is in the answer (rel/A9).
func (c *Client) validatorKey(url string) string {
	sum := sha256.Sum256([]byte(http.MethodGet + "\n" + url + "\n" + c.auth.identity()))
	return hex.EncodeToString(sum[:])
}

// conditional asks whether a known answer is still good, and gives it again
// when the server says so: go-github takes a 304 for a failure.
func (c *Client) conditional(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if req.Method != http.MethodGet || c.options.Validators == nil {
			return next.RoundTrip(req)
		}
		k, ok := c.recall(req.Context(), req.URL.String())
		if !ok {
			return next.RoundTrip(req)
		}
		req = again(req)
		req.Header.Set("If-None-Match", k.ETag)
		resp, err := next.RoundTrip(req)
		if err != nil || resp.StatusCode != http.StatusNotModified {
			return resp, err
		}
		c.meter.unchanged()
		resp.Header.Set(unchangedHeader, "1")
		resp.Header.Del("Link")
		for _, l := range k.Link {
			resp.Header.Add("Link", l)
		}
		resp.StatusCode, resp.Status = http.StatusOK, "200 OK"
		setBody(resp, k.Body)
		return resp, nil
	})
}

// unchangedHeader marks an answer that was given again.
const unchangedHeader = "X-Rutter-Unchanged"

// recall returns a known answer. One that is damaged is none.
func (c *Client) recall(ctx context.Context, url string) (known, bool) {
	data, err := c.options.Validators.Validator(ctx, c.validatorKey(url))
	if err != nil {
		c.lost(ctx, err)
		return known{}, false
	}
	var k known
	if data == nil || json.Unmarshal(data, &k) != nil || k.ETag == "" {
		return known{}, false
	}
	return k, true
}

// keep remembers an answer, once it has proved to be a good one.
func (c *Client) keep(ctx context.Context, url string, h http.Header, body []byte) {
	etag := h.Get("ETag")
	if c.options.Validators == nil || etag == "" || h.Get(unchangedHeader) != "" {
		return
	}
	data, err := json.Marshal(known{ETag: etag, Link: h.Values("Link"), Body: bytes.TrimSpace(body)})
	if err == nil {
		err = c.options.Validators.SetValidator(ctx, c.validatorKey(url), data)
	}
	if err != nil {
		c.lost(ctx, err)
	}
}

// lost says, once, that conditional requests do not work. That is no reason to
// stop: what they save is requests.
func (c *Client) lost(ctx context.Context, err error) {
	if ctx.Err() == nil {
		c.validatorsLost.Do(func() {
			c.say(fmt.Sprintf("answers cannot be kept for the next run, which will cost requests: %v", err))
		})
	}
}
