package github

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/http/httpproxy"
)

// timeouts bound one request (rel/A12).
type timeouts struct {
	dial    time.Duration // for a connection
	headers time.Duration // for the TLS handshake, and for the headers of an answer
	idle    time.Duration // for each read of a body
	total   time.Duration
}

var defaultTimeouts = timeouts{dial: 10 * time.Second, headers: 30 * time.Second, idle: 30 * time.Second, total: 5 * time.Minute}

// maxBody is the size of an answer, decompressed, that is not read any more.
const maxBody = 32 << 20

// whole reads the body of an answer to its end before anybody looks at it.
func (c *Client) whole(line http.RoundTripper, t timeouts) http.RoundTripper {
	return roundTrip(func(req *http.Request) (*http.Response, error) {
		ctx, stop := context.WithCancelCause(req.Context())
		defer stop(nil)
		late := time.AfterFunc(t.total, func() { stop(fmt.Errorf("it takes longer than %v", t.total)) })
		defer late.Stop()
		resp, err := line.RoundTrip(req.WithContext(ctx))
		if err != nil {
			return nil, c.lineError(ctx, req, err)
		}
		defer resp.Body.Close()
		stalled := time.AfterFunc(t.idle, func() { stop(fmt.Errorf("nothing more comes for %v", t.idle)) })
		defer stalled.Stop()
		data, err := io.ReadAll(io.LimitReader(watched{resp.Body, stalled, t.idle}, maxBody+1))
		switch {
		case err != nil:
			return nil, c.lineError(ctx, req, err)
		case len(data) > maxBody:
			return nil, &MalformedError{What: c.what(req), Reason: fmt.Sprintf("it is larger than %d MiB", maxBody>>20)}
		}
		setBody(resp, data)
		return resp, nil
	})
}

// watched puts off a timer at each read.
type watched struct {
	io.Reader
	timer *time.Timer
	idle  time.Duration
}

func (w watched) Read(p []byte) (int, error) {
	w.timer.Reset(w.idle)
	return w.Reader.Read(p)
}

// lineError tells what ended a request: the caller, mistrust, or the network.
// The error keeps no more than the text of the cause, and that without secrets:
// some errors of net/http hold the address of a proxy with its password.
func (c *Client) lineError(ctx context.Context, req *http.Request, err error) error {
	if ended := req.Context().Err(); ended != nil {
		return ended
	}
	if reason := mistrust(err); reason != "" {
		return &TLSError{Host: c.base.Host, Reason: c.scrub.said(reason)}
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	return &UnavailableError{What: c.what(req), Err: errors.New(c.scrub.said(err.Error()))}
}

// mistrust is the reason for which TLS refuses a server, with the way out; "" for
// other errors (rel/T17).
func mistrust(err error) string {
	var (
		unknown x509.UnknownAuthorityError
		wrong   x509.HostnameError
		invalid x509.CertificateInvalidError
		roots   x509.SystemRootsError
		verify  *tls.CertificateVerificationError
		notTLS  tls.RecordHeaderError
	)
	switch {
	case errors.As(err, &unknown):
		return fmt.Sprintf("its certificate is issued by %s, which this machine does not trust; name the file with the certificate of that authority in github.ca_file", issuer(unknown.Cert))
	case errors.As(err, &wrong):
		return fmt.Sprintf("its certificate is for %s, not for %s; correct github.api_url, or the certificate", names(wrong.Certificate), wrong.Host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("its certificate is valid from %s to %s; renew it, or set the clock of this machine", clockTime(invalid.Cert.NotBefore), clockTime(invalid.Cert.NotAfter))
	case errors.As(err, &roots):
		return "this machine has no certificates of authorities; install them (ca-certificates), or name a file in github.ca_file"
	case errors.As(err, &invalid), errors.As(err, &verify):
		return fmt.Sprintf("its certificate is not valid: %v", err)
	case errors.As(err, &notTLS):
		return "what answers does not speak TLS; correct github.api_url"
	case strings.Contains(err.Error(), "tls: protocol version not supported"), strings.Contains(err.Error(), "server selected unsupported protocol version"): // errors of crypto/tls without a type
		return "it speaks no TLS from 1.2 on; switch on TLS 1.2 or newer there"
	}
	return ""
}

// issuer names the authority of a certificate; on some systems it is not told.
func issuer(cert *x509.Certificate) string {
	if cert == nil {
		return "an authority"
	}
	return fmt.Sprintf("%q", cert.Issuer.String())
}

// names are the hosts that a certificate is for.
func names(cert *x509.Certificate) string {
	list := cert.DNSNames
	for _, ip := range cert.IPAddresses {
		list = append(list, ip.String())
	}
	if len(list) == 0 {
		return "no host"
	}
	return strings.Join(list, ", ")
}

// proxyFunc chooses a proxy for an address; nil: none.
type proxyFunc func(*url.URL) (*url.URL, error)

// proxyOfMachine reads the variables of the environment that name proxies, and
// the secrets in them (rel/A23).
func proxyOfMachine() (proxyFunc, []string) {
	config := httpproxy.FromEnvironment()
	return config.ProxyFunc(), proxySecrets(config)
}

// proxySecrets are the names with passwords in the addresses of proxies, which
// may be too broken to be parsed.
func proxySecrets(config *httpproxy.Config) []string {
	var secrets []string
	for _, address := range []string{config.HTTPProxy, config.HTTPSProxy} {
		i := strings.LastIndexByte(address, '@')
		if i < 0 {
			continue
		}
		_, who, found := strings.Cut(address[:i], "://")
		if !found {
			who = address[:i]
		}
		secrets = append(secrets, who)
		if _, password, ok := strings.Cut(who, ":"); ok {
			secrets = append(secrets, password)
			if plain, err := url.PathUnescape(password); err == nil {
				secrets = append(secrets, plain)
			}
		}
	}
	return secrets
}

// newLine is the way to the server.
func newLine(caFile, host string, t timeouts, proxy proxyFunc) (http.RoundTripper, error) {
	trusted, err := authorities(caFile, host)
	if err != nil {
		return nil, err
	}
	return &http.Transport{
		Proxy:                 func(req *http.Request) (*url.URL, error) { return proxy(req.URL) },
		DialContext:           (&net.Dialer{Timeout: t.dial}).DialContext,
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: trusted},
		TLSHandshakeTimeout:   t.headers,
		ResponseHeaderTimeout: t.headers,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   16,
		ForceAttemptHTTP2:     true, // a dialer of our own would switch it off
	}, nil
}

// authorities are those of the machine and of a file; nil: the machine's.
func authorities(file, host string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	data, err := readSmall(file)
	if err != nil {
		return nil, &TLSError{Host: host, Reason: fmt.Sprintf("read github.ca_file: %v", err)}
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(data) {
		return nil, &TLSError{Host: host, Reason: fmt.Sprintf("github.ca_file, %s, holds no certificate in PEM form", file)}
	}
	return pool, nil
}
