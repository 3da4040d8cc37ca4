package github

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// meter counts requests and reads what every answer says besides its subject:
// the limits, the server's clock and the end of the token.
type meter struct {
	client *Client

	mu     sync.Mutex
	usage  Usage
	skew   time.Duration // of the server's clock from ours
	expiry time.Time     // of the token; zero: not said
	skewed bool          // the user knows of the skew
	warned bool          // the user knows of the expiry
}

// metered takes a place at the gate for each request that goes out.
func (c *Client) metered(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		if err := c.gate.enter(req.Context()); err != nil {
			return nil, err
		}
		defer c.gate.leave()
		c.meter.sent()
		resp, err := next.RoundTrip(req)
		if err != nil {
			return nil, err
		}
		c.meter.read(resp.Header, bucketOf(req))
		return resp, nil
	})
}

func (m *meter) sent() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.usage.Requests++
}

func (m *meter) unchanged() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.usage.Unchanged++
}

func (m *meter) waited(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.usage.Waited += d
}

func (m *meter) sum() Usage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.usage
}

// now is the time of the server, as far as we know it.
func (m *meter) now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.client.options.Clock.Now().Add(m.skew).UTC()
}

// expires is when the token ends; zero: the server does not say.
func (m *meter) expires() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.expiry
}

// read takes in the headers of an answer, and says what the user should know.
func (m *meter) read(h http.Header, bucket string) {
	for _, notice := range m.take(h, bucket) {
		m.client.say(notice)
	}
}

func (m *meter) take(h http.Header, bucket string) (notices []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	ours := m.client.options.Clock.Now().UTC()
	if date, ok := dateOf(h); ok {
		m.skew = date.Sub(ours)
		if m.skew.Abs() > time.Minute && !m.skewed {
			m.skewed = true
			notices = append(notices, fmt.Sprintf("the clock of this machine is %v %s that of %s; times are taken from the server",
				m.skew.Abs().Round(time.Second), direction(m.skew), m.client.base.Host))
		}
	}
	if t, ok := expiryOf(h); ok {
		m.expiry = t
		if left := t.Sub(ours.Add(m.skew)); left <= 14*24*time.Hour && !m.warned && !m.client.options.Credentials.short() {
			m.warned = true
			notices = append(notices, "the token expires on "+clockTime(t)+"; make a new one in time")
		}
	}
	m.usage.bucket(bucket).read(h)
	return notices
}

func direction(skew time.Duration) string {
	if skew > 0 {
		return "behind"
	}
	return "ahead of"
}

func (u *Usage) bucket(name string) *Bucket {
	if name == GraphQL {
		return &u.GraphQL
	}
	return &u.Core
}

// read leaves what the server does not say as it is.
func (b *Bucket) read(h http.Header) {
	if n, err := strconv.Atoi(h.Get("X-RateLimit-Limit")); err == nil && n >= 0 {
		b.Limit = n
	}
	if n, err := strconv.Atoi(h.Get("X-RateLimit-Remaining")); err == nil && n >= 0 {
		b.Remaining = n
	}
	if t, ok := resetOf(h); ok {
		b.Reset = t
	}
}

// serverTime is the Date of an answer, else what we think it is.
func (c *Client) serverTime(resp *http.Response) time.Time {
	if date, ok := dateOf(resp.Header); ok {
		return date
	}
	return c.meter.now()
}

func dateOf(h http.Header) (time.Time, bool) {
	date, err := http.ParseTime(h.Get("Date"))
	return date.UTC(), err == nil
}

// expiryOf reads the end of a token, which GitHub writes with the name of a zone
// or with its offset.
func expiryOf(h http.Header) (time.Time, bool) {
	value := h.Get("GitHub-Authentication-Token-Expiration")
	for _, layout := range []string{"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700"} {
		if t, err := time.Parse(layout, value); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
