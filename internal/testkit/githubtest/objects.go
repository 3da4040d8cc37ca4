package githubtest

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// emptyTree is what every commit of the world holds: nothing.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// commit is an object of git.
type commit struct {
	sha                 string
	parents             []string
	author, committer   *user
	authored, committed time.Time
	zone                int // minutes east of UTC, of the author
	message             string
	data                []byte

	// What the message says of other work.
	reverts, picked []string
	pull            string
	node            string
}

// tag is a name for a commit; an annotated one is an object too.
type tag struct {
	name, sha string // of the commit
	object    string // "": it is lightweight
	at        time.Time
	data      []byte
	node      string
}

// seal gives a commit its bytes and its name.
func (c *commit) seal() {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", emptyTree)
	for _, p := range c.parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	fmt.Fprintf(&b, "author %s %d %s\n", c.author.signature(), c.authored.Unix(), zone(c.zone))
	fmt.Fprintf(&b, "committer %s %d +0000\n\n%s\n", c.committer.signature(), c.committed.Unix(), c.message)
	c.data = b.Bytes()
	c.sha = objectName("commit", c.data)
}

func zone(minutes int) string {
	sign := '+'
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	return fmt.Sprintf("%c%02d%02d", sign, minutes/60, minutes%60)
}

func (u *user) signature() string { return u.login + " <" + u.email() + ">" }

func (u *user) email() string {
	return fmt.Sprintf("%d+%s@users.noreply.github.example", u.id, strings.TrimSuffix(u.login, "[bot]"))
}

// annotate makes a tag an annotated one.
func (t *tag) annotate(tagger *user, at time.Time) {
	t.data = fmt.Appendf(nil, "object %s\ntype commit\ntag %s\ntagger %s %d +0000\n\nRelease %s\n", t.sha, t.name, tagger.signature(), at.Unix(), t.name)
	t.object, t.at = objectName("tag", t.data), at
}

// objectName is the name that git gives to an object.
func objectName(kind string, data []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "%s %d\x00", kind, len(data))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// The numbers of the kinds of objects in a pack.
const (
	packedCommit = 1
	packedTree   = 2
	packedTag    = 4
)

// packed is an object of a pack.
type packed struct {
	kind byte
	data []byte
}

// pack writes a pack of git, version 2, without deltas.
func pack(objects []packed) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("PACK")
	out.Write(binary.BigEndian.AppendUint32(nil, 2))
	out.Write(binary.BigEndian.AppendUint32(nil, uint32(len(objects))))
	z := zlib.NewWriter(&out)
	for _, o := range objects {
		size := len(o.data)
		head := o.kind<<4 | byte(size&15)
		for size >>= 4; size > 0; size >>= 7 {
			out.WriteByte(head | 0x80)
			head = byte(size & 0x7f)
		}
		out.WriteByte(head)
		z.Reset(&out)
		if _, err := z.Write(o.data); err != nil {
			return nil, fmt.Errorf("pack an object: %w", err)
		}
		if err := z.Close(); err != nil {
			return nil, fmt.Errorf("pack an object: %w", err)
		}
	}
	sum := sha1.Sum(out.Bytes())
	out.Write(sum[:])
	return out.Bytes(), nil
}
