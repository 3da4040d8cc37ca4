package github

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// refusal is the body of an answer that is none.
type refusal struct {
	Message       string `json:"message"`
	Documentation string `json:"documentation_url"`
	Errors        []struct {
		Resource, Field, Code, Message string
	} `json:"errors"`
}

// refusalOf reads what it can of a body: a proxy in between sends text or HTML.
func refusalOf(body []byte) refusal {
	var r refusal
	if json.Unmarshal(body, &r) != nil && r.Message == "" {
		r.Message = string(body[:min(len(body), 4<<10)])
		if strings.HasPrefix(strings.TrimSpace(r.Message), "<") && !strings.Contains(strings.ToLower(r.Message), "rate limit") {
			r.Message = ""
		}
	}
	return r
}

// details is the message with the parameters that it is about.
func (r refusal) details() string {
	text := r.Message
	for _, e := range r.Errors {
		text += "; " + strings.Join(strings.Fields(strings.Join([]string{e.Field, e.Code, e.Message}, " ")), " ")
	}
	return text
}

// judged lets good answers pass and makes errors of the others.
func (c *Client) judged(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		if err := c.judge(req, resp); err != nil {
			return nil, err
		}
		return resp, nil
	})
}

func (c *Client) judge(req *http.Request, resp *http.Response) error {
	what, status := c.what(req), resp.StatusCode
	switch {
	case status == http.StatusOK || status == http.StatusCreated:
		if bucketOf(req) == GraphQL {
			return c.judgeQuery(what, resp)
		}
		return nil
	case status == http.StatusNotModified && req.Header.Get("If-None-Match") != "":
		return nil
	case status == http.StatusAccepted:
		return &UnavailableError{What: what, Status: status} // a result that is worked out, not an empty one (rel/A9)
	case status < 400:
		return &MalformedError{What: what, Reason: fmt.Sprintf("HTTP %d where there should be a result", status)}
	case status >= 500 || status == http.StatusRequestTimeout:
		after, _ := retryAfter(resp.Header, c.serverTime(resp))
		return &UnavailableError{What: what, Status: status, after: after}
	}
	r := refusalOf(bodyOf(resp))
	switch status {
	case http.StatusForbidden, http.StatusTooManyRequests:
		if l := limitOf(resp, r, c.serverTime(resp)); l != nil {
			return l
		}
		return c.denied(what, resp.Header, r)
	case http.StatusNotFound, http.StatusGone, http.StatusUnavailableForLegalReasons:
		return &GoneError{What: what, Status: status}
	}
	return &InvalidError{What: what, Status: status, Message: c.scrub.said(r.details())}
}

// denied reads what would help (rel/A3). An IP allow list is told by the message
// alone.
func (c *Client) denied(what string, h http.Header, r refusal) error {
	e := &DeniedError{What: what, Message: c.scrub.said(r.details()), Needs: c.scrub.said(h.Get("X-Accepted-GitHub-Permissions"))}
	sso := h.Get("X-GitHub-SSO")
	if _, address, ok := strings.Cut(sso, "url="); ok {
		if u, err := url.Parse(address); err == nil && u.Scheme == "https" {
			e.SSO = c.scrub.said(address)
		}
	}
	if sso != "" && e.SSO == "" {
		e.SSO = "the settings of the token"
	}
	if strings.Contains(strings.ToLower(r.Message), "ip allow list") {
		e.Needs = "" // no permission helps
	}
	return e
}

// judgeQuery finds the failures that GraphQL reports with HTTP 200: a limit, and
// a query that took the server too long.
func (c *Client) judgeQuery(what string, resp *http.Response) error {
	body := bodyOf(resp)
	if !mayFail(body) {
		return nil
	}
	var got struct {
		refusal
		Data   json.RawMessage `json:"data"`
		Errors []struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"errors"`
	}
	if json.Unmarshal(body, &got) != nil {
		return nil // decode will say what is wrong with it
	}
	for _, e := range got.Errors {
		message := strings.ToLower(e.Message)
		switch {
		case e.Type == "RATE_LIMITED", e.Type == "RATE_LIMIT", strings.Contains(message, "secondary rate limit"):
			return limitOf(resp, refusal{Message: "rate limit: " + e.Message}, c.serverTime(resp))
		case e.Type == "RESOURCE_LIMITS_EXCEEDED", strings.HasPrefix(message, "something went wrong while executing your query"):
			return &UnavailableError{What: what, Status: http.StatusBadGateway}
		}
	}
	if len(got.Errors) == 0 && len(got.Data) == 0 && got.Message != "" {
		if l := limitOf(resp, got.refusal, c.serverTime(resp)); l != nil {
			return l
		}
	}
	return nil
}

// mayFail spares most answers from being decoded twice.
func mayFail(body []byte) bool {
	return bytes.Contains(body, []byte(`"errors"`)) || bytes.HasPrefix(bytes.TrimSpace(body), []byte(`{"message"`))
}
