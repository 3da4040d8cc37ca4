package cache_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"

	"github.com/rutter-dev/rutter/internal/cache"
)

func ExampleOpen() {
	folder, err := os.MkdirTemp("", "site")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)
	root, err := os.OpenRoot(folder)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer root.Close()

	source := []byte("# Release")
	key := cache.Key(sha256.Sum256(source))
	for range 2 {
		c, notice := cache.Open(root, ".rutter/cache", "v1")
		html, ok := c.Get(key)
		fmt.Printf("%q %t %q\n", html, ok, notice)
		if !ok {
			err = c.Put(key, []byte("<h1>Release</h1>"))
		}
		fmt.Println(err, c.Commit(slices.Values([]cache.Key{key})), c.Close())
	}
	// Output:
	// "" false ""
	// <nil> <nil> <nil>
	// "<h1>Release</h1>" true ""
	// <nil> <nil> <nil>
}
