package pack_test

import (
	"fmt"

	"github.com/rutter-dev/rutter/internal/pack"
)

func Example() {
	type entry struct {
		Title string
		Tags  []string
	}
	data := pack.Append(nil, &entry{"Release", []string{"weekly"}})
	var got entry
	err := pack.Decode(data, &got)
	fmt.Println(got, err)
	fmt.Println(pack.Sum(&got) == pack.Sum(&entry{"Release", []string{"daily"}}))
	// Output:
	// {Release [weekly]} <nil>
	// false
}
