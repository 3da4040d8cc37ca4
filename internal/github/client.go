package github

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v62/github"
)

// apiVersion is the version of the REST API that this package speaks; GitHub
// supports it until 2028.
const apiVersion = "2022-11-28"

// Options configures a Client.
type Options struct {
	APIURL      string        // "https://api.github.com/", GHES "https://host/api/v3/"; ends with "/"; http on this machine only
	API         string        // "graphql" (default) or "rest"
	Credentials Credentials   // of FromEnvironment
	Validators  Validators    // nil: none
	MaxWait     time.Duration // longest single wait for a limit; 0: 15 min
	Workers     int           // concurrent requests at most; 0: 4
	CAFile      string        // certificates to trust besides the machine's; "": none
	Clock       Clock         // nil: the machine's
	Notice      func(string)  // what a user should know: waits, clock skew, a token that expires soon; nil: nobody does
	Agent       string        // User-Agent; "": rutter
}

// Client reads from one GitHub. It may be used by any number of goroutines.
type Client struct {
	options Options // with the defaults filled in
	base    *url.URL
	api     *github.Client
	graphql string // path of GraphQL, from base
	auth    authority
	limits  pauses
	gate    *gate
	meter   meter
	scrub   *scrubber
	jitter  func() float64 // from 0 up to 1

	saying         sync.Mutex
	validatorsLost sync.Once
}

// New returns a client that is ready to use; it asks nothing yet.
func New(o Options) (*Client, error) {
	proxy, secrets := proxyOfMachine()
	return newClient(o, defaultTimeouts, proxy, secrets)
}

func newClient(o Options, t timeouts, proxy proxyFunc, secrets []string) (*Client, error) {
	base, err := parseBase(o.APIURL)
	if err != nil {
		return nil, err
	}
	if o.API == "" {
		o.API = "graphql"
	}
	if o.API != "graphql" && o.API != "rest" {
		return nil, fmt.Errorf("the API of GitHub is graphql or rest, not %q", o.API)
	}
	if o.MaxWait <= 0 {
		o.MaxWait = 15 * time.Minute
	}
	if o.Workers <= 0 {
		o.Workers = 4
	}
	if o.Clock == nil {
		o.Clock = machineClock{}
	}
	if o.Agent == "" {
		o.Agent = "rutter"
	}
	c := &Client{
		options: o, base: base, graphql: "graphql",
		gate: newGate(o.Workers), limits: pauses{clock: o.Clock, maxWait: o.MaxWait},
		scrub: &scrubber{}, jitter: rand.Float64,
	}
	if strings.HasSuffix(base.Path, "/v3/") { // GHES has /api/v3/ and /api/graphql
		c.graphql = "../graphql"
	}
	for _, secret := range secrets {
		c.scrub.learn(secret)
	}
	c.meter.client = c
	line, err := newLine(o.CAFile, base.Host, t, proxy)
	if err != nil {
		return nil, err
	}
	c.connect(line, t)
	return c, nil
}

// connect builds the way that requests take, for the credentials at hand.
func (c *Client) connect(line http.RoundTripper, t timeouts) {
	asking := c.options.Credentials
	switch {
	case asking.app != nil:
		asApp := appAuthority{app: asking.app, now: c.meter.now}
		api := c.speak(c.chain(asApp, line, t))
		c.auth = newInstalled(c, asking.app, api)
	case asking.token.reveal() != "":
		c.scrub.learn(asking.token.reveal())
		c.auth = fixed{asking.token}
	default:
		c.auth = anonymous{}
	}
	c.api = c.speak(c.conditional(c.chain(c.auth, line, t)))
}

// parseBase checks the address of the API.
func parseBase(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "":
		return nil, errors.New("the address of the API is none; an example is https://api.github.com/")
	case u.User != nil:
		return nil, errors.New("the address of the API holds a name or a password; tokens come from the environment")
	case u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())):
		return nil, fmt.Errorf("the address of the API, %s, must begin with https://: a token would go over the network for all to read", address)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the address of the API, %s, must end with its path", address)
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u, nil
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// speak returns a client of go-github over a transport. Limits and redirects are
// dealt with below it; what it would do about them is kept from it.
func (c *Client) speak(transport http.RoundTripper) *github.Client {
	api := github.NewClient(&http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	api.BaseURL, api.UserAgent = c.base, c.options.Agent
	return api
}

// Usage says what a client has used up so far.
type Usage struct {
	Requests      int           // sent, with those that were redirected or sent again
	Unchanged     int           // answered with 304, which costs nothing of the limit
	Waited        time.Duration // for limits, and before trying again
	Core, GraphQL Bucket
}

// Bucket is one limit, as the last answer gave it; zero where the server has
// none, as most GHES (rel/A6).
type Bucket struct {
	Limit, Remaining int
	Reset            time.Time
}

// Usage returns the counts up to now.
func (c *Client) Usage() Usage { return c.meter.sum() }

// Scrub takes tokens out of a text: those of this client in all the forms they
// may have, and all that look like one.
func (c *Client) Scrub(text string) string { return c.scrub.text(text) }

// say tells the user something, one notice at a time.
func (c *Client) say(text string) {
	if c.options.Notice == nil {
		return
	}
	c.saying.Lock()
	defer c.saying.Unlock()
	c.options.Notice(c.scrub.text(text))
}

// answer is what is known of an answer besides its body.
type answer struct {
	Date        time.Time // the server's clock, else ours
	Next        int       // page number of rel="next"; 0: none
	Unchanged   bool      // 304, the body was given again
	Permissions string    // that would have done, as the server names them
}

// get reads a resource of the REST API, at a path below the API address, into a
// slice or a struct. The body must be JSON of that kind and nothing else
// (rel/A13, A14): on an error, into is as it was.
func (c *Client) get(ctx context.Context, path string, into any) (answer, error) {
	resp, body, err := c.send(ctx, c.api, http.MethodGet, path, nil)
	if err != nil {
		return answer{}, err
	}
	if err := decode(body, into); err != nil {
		return answer{}, c.malformed(path, err)
	}
	c.keep(ctx, resp.Request.URL.String(), resp.Header, body)
	return c.answerOf(resp), nil
}

// query asks the GraphQL API. The data of the answer is decoded even where the
// answer has errors too, which are then returned as a *QueryError.
func (c *Client) query(ctx context.Context, text string, variables map[string]any, into any) (answer, error) {
	question := struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables,omitempty"`
	}{text, variables}
	resp, body, err := c.send(ctx, c.api, http.MethodPost, c.graphql, question)
	if err != nil {
		return answer{}, err
	}
	var got struct {
		Data   json.RawMessage `json:"data"`
		Errors []QueryProblem  `json:"errors"`
	}
	if err := decode(body, &got); err != nil {
		return answer{}, c.malformed("graphql", err)
	}
	empty := len(got.Data) == 0 || bytes.Equal(got.Data, []byte("null"))
	if !empty || len(got.Errors) == 0 {
		if err := decode(got.Data, into); err != nil {
			return answer{}, c.malformed("graphql", fmt.Errorf("data: %w", err))
		}
	}
	if len(got.Errors) == 0 {
		return c.answerOf(resp), nil
	}
	for i := range got.Errors {
		got.Errors[i].Message = c.scrub.said(got.Errors[i].Message)
	}
	return c.answerOf(resp), &QueryError{Errors: got.Errors}
}

func (c *Client) answerOf(resp *http.Response) answer {
	date, ok := dateOf(resp.Header)
	if !ok {
		date = c.options.Clock.Now().UTC()
	}
	return answer{
		Date:        date,
		Next:        nextPage(resp.Header.Values("Link")),
		Unchanged:   resp.Header.Get(unchangedHeader) != "",
		Permissions: c.scrub.said(resp.Header.Get("X-Accepted-GitHub-Permissions")),
	}
}

func (c *Client) malformed(path string, err error) error {
	return &MalformedError{What: c.at(path), Reason: c.scrub.said(err.Error())}
}

// at names in messages what was asked, without its query.
func (c *Client) at(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return c.scrub.said(path) + " of " + c.base.Host
}

// send asks through go-github and returns the whole body.
func (c *Client) send(ctx context.Context, api *github.Client, method, path string, question any) (*http.Response, []byte, error) {
	req, err := api.NewRequest(method, path, question, github.WithVersion(apiVersion))
	if err != nil {
		return nil, nil, fmt.Errorf("ask for %s: %s", c.at(path), c.scrub.said(err.Error()))
	}
	// GitHub's own description of the API offers this type and no other.
	req.Header.Set("Accept", "application/json")
	var body bytes.Buffer
	resp, err := api.Do(ctx, req, &body)
	if err != nil {
		if u, ok := err.(*url.Error); ok { // names the address; ours name what was asked
			err = u.Err
		}
		return nil, nil, err
	}
	return resp.Response, body.Bytes(), nil
}

// triesKey is how tries hands its number down to the transport.
type triesKey struct{}

// tries returns a context whose requests are tried n times, not five: for those
// that are asked anew in smaller parts when they fail.
func (c *Client) tries(ctx context.Context, n int) context.Context {
	return context.WithValue(ctx, triesKey{}, n)
}

func triesOf(ctx context.Context) int {
	if n, ok := ctx.Value(triesKey{}).(int); ok && n > 0 {
		return n
	}
	return 5
}
