package publish_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/rutter-dev/rutter/internal/publish"
)

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	for _, text := range []string{"Hello", "Hello", "Hello again"} {
		s, err := publish.Open(context.Background(), filepath.Join(dir, "public"), publish.Options{})
		if err != nil {
			log.Fatal(err)
		}
		if err := s.Write("index.html", []byte(text)); err != nil {
			log.Fatal(err, s.Abort())
		}
		res, err := s.Commit()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(res.Changed, res.Written, res.Unchanged, res.Removed)
	}
	// Output:
	// true 1 0 0
	// false 0 1 0
	// true 1 0 0
}
