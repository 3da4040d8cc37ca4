package gitrepo

import "testing"

func TestState(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	state := func() string { return State(t.Context(), c.dir, true) }
	if s := state(); s != "" {
		t.Errorf("a clone without commits has the state %q", s)
	}
	seen := map[string]string{}
	for _, step := range []struct {
		name string
		args []string
	}{
		{"commit", []string{"commit", "-q", "--allow-empty", "-m", "one"}},
		{"another", []string{"commit", "-q", "--allow-empty", "-m", "two"}},
		{"tag", []string{"tag", "v1.0.0"}},
		{"branch", []string{"branch", "side", "HEAD~1"}},
		{"head", []string{"checkout", "-q", "side"}},
		{"detached", []string{"checkout", "-q", "--detach", "v1.0.0"}},
	} {
		c.git(step.args...)
		s := state()
		if before, taken := seen[s]; s == "" || taken && step.name != "detached" {
			t.Errorf("after %s the state is %q, as after %q", step.name, s, before)
		}
		if again := state(); again != s {
			t.Errorf("after %s the state is %q, then %q", step.name, s, again)
		}
		seen[s] = step.name
	}
	shallow := c.dir + "-shallow"
	c.run("clone", "-q", "--depth", "1", "file://"+c.dir, shallow)
	if s := State(t.Context(), shallow, true); s != "" {
		t.Errorf("a shallow clone has the state %q", s)
	}
	if s := State(t.Context(), t.TempDir(), true); s != "" {
		t.Errorf("a folder has the state %q", s)
	}
}
