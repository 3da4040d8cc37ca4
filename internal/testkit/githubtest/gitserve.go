package githubtest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// clones are the bare repositories that git serves, made when asked for.
type clones struct {
	mu   sync.Mutex
	dir  string
	made map[int64]int // by repository: of which number of pushes
}

// git answers git's own requests (smart HTTP) and returns the status.
func (s *Server) git(w http.ResponseWriter, r *http.Request, now time.Time) int {
	name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), ".git/")
	who := s.identify(r.Header.Get("Authorization"), now)
	s.world.mu.Lock()
	repo, renamed := s.world.find(name)
	hidden := repo != nil && repo.private && !who.ok
	current := ""
	if repo != nil {
		current = repo.fullName()
	}
	s.world.mu.Unlock()
	switch {
	case !who.ok && !who.missing, repo == nil && who.missing, hidden:
		w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
		http.Error(w, "Repository not found.", http.StatusUnauthorized)
		return http.StatusUnauthorized
	case repo == nil || strings.HasSuffix(rest, "git-receive-pack") || r.URL.Query().Get("service") == "git-receive-pack":
		http.Error(w, "Repository not found.", http.StatusNotFound)
		return http.StatusNotFound
	case renamed && r.Method == http.MethodGet:
		to := "/" + current + ".git/" + rest
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery
		}
		http.Redirect(w, r, to, http.StatusMovedPermanently)
		return http.StatusMovedPermanently
	}
	// A client that gives up must not leave half a repository to the next one.
	folder, err := s.clones.of(context.WithoutCancel(r.Context()), s.world, repo)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return http.StatusInternalServerError
	}
	backend, err := backend(r.Context())
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return http.StatusInternalServerError
	}
	env := append(quietGit(), "GIT_PROJECT_ROOT="+s.clones.dir, "GIT_HTTP_EXPORT_ALL=1")
	if v := r.Header.Get("Git-Protocol"); v != "" {
		env = append(env, "GIT_PROTOCOL="+v)
	}
	handler := &cgi.Handler{Path: backend, Stderr: io.Discard, Env: env}
	inside := r.Clone(r.Context())
	inside.URL.Path = "/" + filepath.Base(folder) + "/" + rest
	inside.Header.Del("Authorization") // git has nothing to check
	answered := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	handler.ServeHTTP(answered, inside)
	return answered.status
}

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets the writer below be flushed.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// quietGit keeps the settings of the machine out.
func quietGit() []string {
	return []string{"GIT_CONFIG_GLOBAL=" + os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0"}
}

// backend is the place of git's server.
func backend(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "git", "--exec-path").Output()
	if err != nil {
		return "", fmt.Errorf("ask git where its programs are: %w", err)
	}
	return filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"), nil
}

// of is the folder of a repository as it is now.
func (k *clones) of(ctx context.Context, w *World, r *repository) (string, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	folder := filepath.Join(k.dir, strconv.FormatInt(r.id, 10)+".git")
	w.mu.Lock()
	pushes := r.pushes
	known, there := k.made[r.id]
	if there && known == pushes {
		w.mu.Unlock()
		return folder, nil
	}
	objects, refs, branch := r.packed(), r.refs(), r.branch
	w.mu.Unlock()
	if !there {
		if err := git(ctx, k.dir, nil, "init", "--quiet", "--bare", "--template=", folder); err != nil {
			return "", err
		}
		for _, setting := range []string{"uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant", "http.uploadpack"} {
			if err := git(ctx, folder, nil, "config", setting, "true"); err != nil {
				return "", err
			}
		}
		if err := git(ctx, folder, nil, "symbolic-ref", "HEAD", "refs/heads/"+branch); err != nil {
			return "", err
		}
	}
	if len(objects) > 1 {
		data, err := pack(objects)
		if err != nil {
			return "", err
		}
		if err := git(ctx, folder, data, "index-pack", "--stdin"); err != nil {
			return "", err
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "packed-refs"), refs, 0o644); err != nil {
		return "", fmt.Errorf("write the refs of %s: %w", r.fullName(), err)
	}
	if k.made == nil {
		k.made = map[int64]int{}
	}
	k.made[r.id] = pushes
	return folder, nil
}

// packed are all objects of a repository.
func (r *repository) packed() []packed {
	list := []packed{{packedTree, nil}}
	var names []string
	for sha := range r.objects {
		names = append(names, sha)
	}
	slices.Sort(names)
	for _, sha := range names {
		list = append(list, packed{packedCommit, r.objects[sha].data})
	}
	for _, t := range r.tags {
		if t.object != "" {
			list = append(list, packed{packedTag, t.data})
		}
	}
	return list
}

// refs is the file packed-refs: branches, tags, and the heads of pull requests.
func (r *repository) refs() []byte {
	lines := map[string]string{}
	for name, sha := range r.branches {
		lines["refs/heads/"+name] = sha
	}
	for _, p := range r.pulls {
		if n := len(p.commits); n > 0 {
			lines[fmt.Sprintf("refs/pull/%d/head", p.number)] = p.commits[n-1].sha
		}
	}
	peeled := map[string]string{}
	for _, t := range r.tags {
		name := "refs/tags/" + t.name
		lines[name] = t.sha
		if t.object != "" {
			lines[name], peeled[name] = t.object, t.sha
		}
	}
	var order []string
	for name := range lines {
		order = append(order, name)
	}
	slices.Sort(order)
	out := []byte("# pack-refs with: peeled fully-peeled sorted \n")
	for _, name := range order {
		out = fmt.Appendf(out, "%s %s\n", lines[name], name)
		if peeled[name] != "" {
			out = fmt.Appendf(out, "^%s\n", peeled[name])
		}
	}
	return out
}

// git runs git in a folder.
func git(ctx context.Context, folder string, stdin []byte, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(stdin)
	cmd.Env = append(os.Environ(), quietGit()...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %w: %s", args[0], err, bytes.TrimSpace(out))
	}
	return nil
}
