package feed_test

import (
	"fmt"
	"time"

	"github.com/rutter-dev/rutter/internal/feed"
)

func ExampleJSON() {
	fmt.Printf("%s", feed.JSON(feed.Feed{
		Title:   "Handbook",
		FeedURL: "https://acme.example/feed.json",
		Entries: []feed.Entry{{
			Title: "How we release", URL: "https://acme.example/release/", Updated: time.Date(2025, 3, 17, 12, 0, 0, 0, time.UTC),
		}},
	}))
	// Output:
	// {
	//   "version": "https://jsonfeed.org/version/1.1",
	//   "title": "Handbook",
	//   "feed_url": "https://acme.example/feed.json",
	//   "items": [
	//     {
	//       "id": "https://acme.example/release/",
	//       "url": "https://acme.example/release/",
	//       "title": "How we release",
	//       "content_text": "How we release",
	//       "date_modified": "2025-03-17T12:00:00Z"
	//     }
	//   ]
	// }
}
