package github

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificateFile writes the certificate of a server, to be trusted.
func certificateFile(t *testing.T, s *httptest.Server) string {
	t.Helper()
	return pemFile(t, s.Certificate().Raw)
}

func pemFile(t *testing.T, der []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// selfSigned makes a certificate that is its own authority.
func selfSigned(t *testing.T, host string, from, to time.Time) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"},
		NotBefore: from, NotAfter: to, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestRel_T17_TLSErrorsSayTheWayOut(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good := selfSigned(t, "127.0.0.1", now.Add(-time.Hour), now.Add(time.Hour))
	expired := selfSigned(t, "127.0.0.1", now.Add(-48*time.Hour), now.Add(-24*time.Hour))
	elsewhere := selfSigned(t, "elsewhere.test", now.Add(-time.Hour), now.Add(time.Hour))
	for _, test := range []struct {
		name    string
		config  *tls.Config
		trusted bool
		want    []string // nil: it works
	}{
		{"trusted", &tls.Config{Certificates: []tls.Certificate{good}}, true, nil},
		{"unknown authority", &tls.Config{Certificates: []tls.Certificate{good}}, false, []string{"CN=Test Authority", "github.ca_file"}},
		{"expired", &tls.Config{Certificates: []tls.Certificate{expired}}, true, []string{expiryText(t, expired), "renew it"}},
		{"another host", &tls.Config{Certificates: []tls.Certificate{elsewhere}}, true, []string{"for elsewhere.test, not for 127.0.0.1", "github.api_url"}},
		{"TLS 1.0", &tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, true, []string{"TLS 1.2 or newer"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewUnstartedServer(http.HandlerFunc(fine))
			s.TLS = test.config
			s.Config.ErrorLog = log.New(io.Discard, "", 0)
			s.StartTLS()
			t.Cleanup(s.Close)
			clock := &scriptClock{now: scriptStart}
			o := Options{APIURL: s.URL + "/", Credentials: Token(canary), Clock: clock}
			if test.trusted {
				o.CAFile = pemFile(t, test.config.Certificates[0].Certificate[0])
			}
			c, err := newClient(o, quick, noProxy, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.get(t.Context(), "repos", &[]item{})
			if test.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var mistrusted *TLSError
			if !errors.As(err, &mistrusted) || mistrusted.Host != s.Listener.Addr().String() {
				t.Fatalf("got %v, want a TLS error", err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q in it", err, want)
				}
			}
			if waits := clock.waits(); len(waits) > 0 {
				t.Errorf("tried again after %v", waits)
			}
		})
	}
}

func expiryText(t *testing.T, c tls.Certificate) string {
	t.Helper()
	parsed, err := x509.ParseCertificate(c.Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	return "to " + clockTime(parsed.NotAfter)
}

func TestRel_T17_NotTLSAtAll(t *testing.T) {
	t.Parallel()
	s := newScript(t, fine)
	c, err := newClient(Options{APIURL: strings.Replace(s.URL, "http:", "https:", 1) + "/", Clock: s.clock}, quick, noProxy, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.get(t.Context(), "repos", &[]item{})
	var mistrusted *TLSError
	if !errors.As(err, &mistrusted) || !strings.Contains(err.Error(), "does not speak TLS") {
		t.Errorf("got %v", err)
	}
}

func TestRel_T17_AuthorityFile(t *testing.T) {
	t.Parallel()
	empty := filepath.Join(t.TempDir(), "empty.pem")
	if err := os.WriteFile(empty, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		empty:                              "holds no certificate",
		filepath.Join(t.TempDir(), "none"): "no such file",
		t.TempDir():                        "is not a file",
	} {
		_, err := New(Options{APIURL: "https://ghes.test/api/v3/", CAFile: file})
		var mistrusted *TLSError
		if !errors.As(err, &mistrusted) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", file, err, want)
		}
	}
}
