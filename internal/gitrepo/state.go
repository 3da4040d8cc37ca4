package gitrepo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
)

// State stands for the history of the clone at dir: as long as it is the same,
// Load reads the same. It is "" where that cannot be told: of a folder that is no
// clone or has no commit, and of a shallow clone, whose history may become
// longer without any name in it changing. It costs far less than Load.
func State(ctx context.Context, dir string, top bool) string {
	r, err := open(ctx, dir, top)
	if err != nil || r.shallow {
		return ""
	}
	refs, err := r.git.output(ctx, "show-ref", "--head")
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(refs)
	return hex.EncodeToString(sum[:])
}
