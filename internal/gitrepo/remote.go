package gitrepo

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// scpLike is user@host:path, which git takes for ssh. A host of one letter is a
// drive, and a path that begins with a colon names a helper program.
var scpLike = regexp.MustCompile(`^(?:[A-Za-z0-9_][A-Za-z0-9_.-]*@)?[A-Za-z0-9][A-Za-z0-9.-]+:[^:]`)

// checkURL returns the protocol of a URL that Fetch takes (rel/T24).
func checkURL(raw string) (scheme string, err error) {
	if printable(raw) != raw {
		return "", errors.New("the URL holds characters that cannot be printed")
	}
	if !strings.Contains(raw, "://") {
		if scpLike.MatchString(raw) {
			return "ssh", nil
		}
		return "", errors.New("this is not a URL: write https://host/path, ssh://host/path or file:///path")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return "", errors.New("the URL cannot be read") // the reason would repeat a password in it
	}
	if _, set := u.User.Password(); set {
		return "", errors.New("the URL holds a password: it would show in lists of processes; take it out")
	}
	if strings.HasPrefix(u.Host, "-") || strings.HasPrefix(u.User.Username(), "-") {
		return "", errors.New("the host begins with a dash")
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" || u.Path == "" {
			return "", errors.New("the URL of a file begins with file:///")
		}
	case "ssh", "https", "http":
		switch {
		case u.Hostname() == "" || strings.Trim(u.Path, "/") == "":
			return "", errors.New("the URL lacks a host or a path")
		case u.RawQuery != "" || u.Fragment != "":
			return "", errors.New("the URL of a repository has no ? or #")
		case u.Scheme == "http" && !loopback(u.Hostname()):
			return "", errors.New("http can be read and changed on its way: write https")
		}
	default:
		return "", fmt.Errorf("the protocol %q is not taken, but https, ssh and file are", u.Scheme)
	}
	return u.Scheme, nil
}

// loopback tells whether a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// shownURL is a URL fit for a message.
func shownURL(raw string) string { return hide(printable(raw), nil) }

// network are the variables of git that say how a user reaches remotes.
var network = []string{
	"GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY",
	"GIT_HTTP_PROXY_AUTHMETHOD", "GIT_PROXY_SSL_CAINFO", "GIT_PROXY_SSL_CERT", "GIT_PROXY_SSL_KEY",
}

// online is the environment of a git that asks the remote.
func online(own []string, r Remote, scheme, header string) []string {
	allowed := "https:ssh:file" // a user's insteadOf may turn one into another
	if scheme == "http" {
		allowed += ":http"
	}
	env := append(environment(own, network...),
		"GIT_ALLOW_PROTOCOL="+allowed,
		"GIT_ASKPASS=", "SSH_ASKPASS=", "SSH_ASKPASS_REQUIRE=never", // nobody may be there to answer
		"GCM_INTERACTIVE=never",                                   // Git Credential Manager
		"GIT_TRACE2=0", "GIT_TRACE2_EVENT=0", "GIT_TRACE2_PERF=0", // configuration can trace variables into files
	)
	if r.CAFile != "" {
		env = append(env, "GIT_SSL_CAINFO="+r.CAFile)
	}
	return configured(env, settings(r.URL, scheme, header))
}

// setting is one of git's configuration.
type setting struct{ key, value string }

// settings are those for asking the remote. One for the whole URL is stronger
// than any that a user has for its host.
func settings(url, scheme, header string) []setting {
	all := []setting{
		{"gc.auto", "0"}, // see repack
		{"maintenance.auto", "false"},
		{"fetch.writeCommitGraph", "false"},
		{"fetch.unpackLimit", "1"}, // always a pack, so that packs are all that piles up
		{"credential.interactive", "false"},
		{"http.followRedirects", "false"}, // for a URL that the user has replaced by another (insteadOf)
		{"http.lowSpeedLimit", "1"},       // less than so many bytes per second …
		{"http.lowSpeedTime", "60"},       // … for so many seconds are the end: a server may count for long
	}
	if scheme != "https" && scheme != "http" {
		return all
	}
	ours := "http." + url + "."
	// Git goes on with the same headers wherever a first redirect leads, so that
	// none is followed at all, not even within the host (rel/T16).
	all = append(all, setting{ours + "followRedirects", "false"})
	if scheme == "http" {
		all = append(all, setting{ours + "proxy", ""}) // it would carry elsewhere what stays on this machine
	}
	if header != "" {
		all = append(all,
			setting{ours + "extraHeader", ""}, // takes back what the user's configuration adds
			setting{ours + "extraHeader", "Authorization: " + header},
			setting{ours + "sslVerify", "true"},
			setting{"credential.helper", ""}, // else git makes it forget the user's password when ours is refused
		)
	}
	return all
}

// configured adds settings to an environment, after those that are in it: the
// one way by which neither a file nor a list of processes shows them (rel/T15).
func configured(env []string, add []setting) []string {
	count := 0
	for _, v := range env {
		if n, ok := strings.CutPrefix(v, "GIT_CONFIG_COUNT="); ok {
			count, _ = strconv.Atoi(n) // what is no number counts nothing
		}
	}
	for i, s := range add {
		n := strconv.Itoa(count + i)
		env = append(env, "GIT_CONFIG_KEY_"+n+"="+s.key, "GIT_CONFIG_VALUE_"+n+"="+s.value)
	}
	return append(env, "GIT_CONFIG_COUNT="+strconv.Itoa(count+len(add)))
}

// httpStatus is how git tells the status of an answer that it could not use.
var httpStatus = regexp.MustCompile(`(?:The requested URL returned error:|RPC failed; HTTP) (\d{3})`)

// remoteCause finds out what is wrong with the remote from what git said; nil
// where it is something else. What the remote itself said does not count.
func remoteCause(said string) error {
	var b strings.Builder
	for line := range strings.Lines(said) {
		if !strings.HasPrefix(line, "remote: ") {
			b.WriteString(line)
		}
	}
	said = b.String()
	has := func(signs ...string) bool {
		for _, s := range signs {
			if strings.Contains(said, s) {
				return true
			}
		}
		return false
	}
	status := ""
	if m := httpStatus.FindStringSubmatch(said); m != nil {
		status = m[1]
	}
	switch {
	case has("could not read Username", "could not read Password", "Authentication failed"):
		return fmt.Errorf("%w: it takes only readers that it knows", ErrAuth)
	case status == "401", status == "403", status == "407", has("Permission denied (", "Host key verification failed"):
		return ErrAuth
	case strings.HasPrefix(status, "3"):
		return fmt.Errorf("%w here: it may have moved, and redirects are not followed", ErrGone)
	case status == "404", status == "410", status == "451":
		return ErrGone
	case has("does not appear to be a git repository", "ERROR: Repository not found", "not valid: is this a git repository?"),
		has("fatal: repository '") && has("' not found"):
		return ErrGone
	case has("couldn't find remote ref"):
		return ErrEmpty
	case status != "", has("fatal: unable to access '", "Could not resolve hostname", "Connection refused", "Connection timed out",
		"Connection closed by", "Connection reset by", "No route to host", "kex_exchange_identification", "RPC failed;",
		"the remote end hung up", "early EOF", "unexpected disconnect", "Could not read from remote repository", "invalid index-pack output"):
		return ErrUnreachable
	}
	return nil
}
