package cache

import (
	"encoding/binary"
	"os"
	"slices"
	"testing"
)

// handbook10k is what a build of 10,000 pages keeps: two records of each page,
// 100 MB together, and 10 MB of notes.
func handbook10k() (keys []Key, record, note []byte) {
	keys = make([]Key, 20_000)
	for i := range keys {
		binary.BigEndian.PutUint64(keys[i][i%24:], uint64(i)*0x9e3779b97f4a7c15)
	}
	return keys, make([]byte, 5_000), make([]byte, 10<<20)
}

func benchSession(b *testing.B, root *os.Root) *Cache {
	b.Helper()
	c, notice := Open(root, folder, "stamp")
	if notice != "" {
		b.Fatal(notice)
	}
	return c
}

func closeBench(b *testing.B, c *Cache) {
	b.Helper()
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkSession(b *testing.B) {
	keys, record, note := handbook10k()
	live := slices.Values(keys)
	newRoot := func(b *testing.B) *os.Root {
		root, err := os.OpenRoot(b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { root.Close() })
		return root
	}
	fill := func(b *testing.B, c *Cache) {
		for _, k := range keys {
			if err := c.Put(k, record); err != nil {
				b.Fatal(err)
			}
		}
		c.SetNote("n", note)
		if err := c.Commit(live); err != nil {
			b.Fatal(err)
		}
	}
	b.Run("cold", func(b *testing.B) {
		for b.Loop() {
			c := benchSession(b, newRoot(b))
			fill(b, c)
			closeBench(b, c)
		}
	})
	root := newRoot(b)
	c := benchSession(b, root)
	fill(b, c)
	closeBench(b, c)
	b.Run("nothing changed", func(b *testing.B) {
		for b.Loop() {
			c := benchSession(b, root)
			if err := c.Commit(live); err != nil {
				b.Fatal(err)
			}
			closeBench(b, c)
		}
	})
	b.Run("all read", func(b *testing.B) {
		for b.Loop() {
			c := benchSession(b, root)
			for _, k := range keys {
				if _, ok := c.Get(k); !ok {
					b.Fatal("not there")
				}
			}
			closeBench(b, c)
		}
	})
	b.Run("a commit", func(b *testing.B) {
		c := benchSession(b, root)
		defer closeBench(b, c)
		n := byte(0)
		for b.Loop() {
			n++
			c.SetNote("n", append([]byte{n}, note...))
			if err := c.Commit(live); err != nil {
				b.Fatal(err)
			}
		}
	})
}
