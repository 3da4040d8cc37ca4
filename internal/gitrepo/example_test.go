package gitrepo_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"github.com/rutter-dev/rutter/internal/diag"
	"github.com/rutter-dev/rutter/internal/dora"
	"github.com/rutter-dev/rutter/internal/gitrepo"
)

func ExampleLoadDir() {
	dir, err := os.MkdirTemp("", "no-history")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	var findings diag.List
	at := diag.Pos{Path: "content/services/pay.md", Line: 6, Column: 11} // the entry of metrics.repos
	d, err := gitrepo.LoadDir(context.Background(), dir, gitrepo.Options{Name: "pay", Source: dora.Tags}, at, &findings)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(d.Events.Deployments), d.Coverage.Status, d.Coverage.Reasons)
	for _, f := range findings.All() {
		fmt.Println(f.Pos, f.Severity, f.Code)
	}
	// Output:
	// 0 unknown [not_a_repository]
	// content/services/pay.md:6:11 warning RT602
}
