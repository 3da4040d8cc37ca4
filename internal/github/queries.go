package github

import (
	"context"
	"errors"
	"maps"
	"strings"
)

// askOf puts a query about a repository, whose owner and name are variables where
// the query has them, and sorts out the errors in the answer.
func (c *Client) askOf(ctx context.Context, r Repository, text string, variables map[string]any, into any) (answer, error) {
	owner, name, _ := strings.Cut(r.Name, "/")
	v := maps.Clone(variables)
	v["owner"], v["name"] = owner, name
	return c.ask(ctx, r.Name, text, v, into)
}

// ask puts a query. An error in the answer that concerns all of it becomes one
// of REST; one about a single item stays a *QueryError.
func (c *Client) ask(ctx context.Context, what, text string, variables map[string]any, into any) (answer, error) {
	a, err := c.query(ctx, text, variables, into)
	var q *QueryError
	if !errors.As(err, &q) {
		return a, err
	}
	for _, p := range q.Errors {
		switch {
		case p.Type == "NOT_FOUND" && p.begins("nodes"): // deleted since: it is null in the data
		case p.Type == "FORBIDDEN" && p.holds("closingIssuesReferences"): // an issue elsewhere, which the token may not see
		case p.Type == "NOT_FOUND" && len(p.Path) <= 2:
			return a, &GoneError{What: what, Status: 404}
		case p.Type == "FORBIDDEN" || p.Type == "INSUFFICIENT_SCOPES":
			return a, &DeniedError{What: what, Message: p.Message}
		default:
			return a, q
		}
	}
	return a, nil
}

func (p QueryProblem) begins(name string) bool { return len(p.Path) > 0 && p.Path[0] == name }

func (p QueryProblem) holds(name string) bool {
	for _, part := range p.Path {
		if part == name {
			return true
		}
	}
	return false
}

// missing reports whether an error says that a single item is not there.
func missing(err error) bool {
	var gone *GoneError
	return errors.As(err, &gone)
}

// The queries of GraphQL. queries_test.go holds them against GitHub's schema.

const repositoryFields = ` id databaseId nameWithOwner isPrivate isArchived isEmpty createdAt
	defaultBranchRef{name target{oid}}
	pullRequests{totalCount} deployments{totalCount} issues{totalCount} releases{totalCount} `

// Lists inside a pull request. Each is also asked for alone, where it has more
// than a page.
const (
	commitNodes = "nodes{commit{oid authoredDate committedDate parents{totalCount}}}"
	reviewNodes = "nodes{submittedAt author{login __typename}}"
	fileNodes   = "nodes{path}"
	labelNodes  = "nodes{name}"
	closedNodes = "nodes{number repository{nameWithOwner}}"
	readyNodes  = "nodes{__typename ... on ReadyForReviewEvent{createdAt}}"
)

const pullFields = ` id number title body url state isDraft createdAt updatedAt mergedAt closedAt
	headRefName baseRefName author{login __typename} mergeCommit{oid}
	labels(first:100){` + paging + labelNodes + `}
	closingIssuesReferences(first:10){` + paging + closedNodes + `}
	commits(first:50){` + paging + commitNodes + `}
	reviews(first:20){` + paging + reviewNodes + `}
	timelineItems(first:1,itemTypes:[READY_FOR_REVIEW_EVENT]){` + readyNodes + `}
	files(first:100)@include(if:$files){` + paging + fileNodes + `} `

const pullsQuery = `query Changes($owner:String!,$name:String!,$size:Int!,$after:String,$field:IssueOrderField!,$direction:OrderDirection!,$files:Boolean!){
	repository(owner:$owner,name:$name){pullRequests(first:$size,after:$after,orderBy:{field:$field,direction:$direction}){` + paging + `nodes{` + pullFields + `}}}}`

const barePullsQuery = `query ChangesBare($owner:String!,$name:String!,$size:Int!,$after:String,$field:IssueOrderField!,$direction:OrderDirection!){
	repository(owner:$owner,name:$name){pullRequests(first:$size,after:$after,orderBy:{field:$field,direction:$direction}){` + paging + `nodes{id number createdAt updatedAt}}}}`

const pullQuery = `query Change($owner:String!,$name:String!,$number:Int!,$files:Boolean!){
	repository(owner:$owner,name:$name){pullRequest(number:$number){` + pullFields + `}}}`

// moreOf asks for the next page of a list inside an item.
func moreOf(kind, list, nodes string) string {
	return `query More($id:ID!,$after:String){node(id:$id){... on ` + kind + `{list:` + list + `(first:100,after:$after){` + paging + nodes + `}}}}`
}

const statusNodes = "nodes{state createdAt}"

const deploymentFields = ` id databaseId environment commitOid createdAt updatedAt ref{name}
	statuses(first:20){` + paging + statusNodes + `} `

const deploymentsQuery = `query Deployments($owner:String!,$name:String!,$size:Int!,$after:String,$direction:OrderDirection!,$again:Boolean!,$watched:[ID!]!){
	nodes(ids:$watched)@include(if:$again){... on Deployment{` + deploymentFields + `}}
	repository(owner:$owner,name:$name){deployments(first:$size,after:$after,orderBy:{field:CREATED_AT,direction:$direction}){` + paging + `nodes{` + deploymentFields + `}}}}`

const bareDeploymentsQuery = `query DeploymentsBare($owner:String!,$name:String!,$size:Int!,$after:String,$direction:OrderDirection!){
	repository(owner:$owner,name:$name){deployments(first:$size,after:$after,orderBy:{field:CREATED_AT,direction:$direction}){` + paging + `nodes{id databaseId createdAt}}}}`

const deploymentNodesQuery = `query DeploymentsAgain($watched:[ID!]!){nodes(ids:$watched){... on Deployment{` + deploymentFields + `}}}`

const issueFields = ` id number title body url state createdAt updatedAt closedAt stateReason(enableDuplicate:true)
	labels(first:100){` + paging + labelNodes + `}
	timelineItems(first:50,itemTypes:[UNLABELED_EVENT]){pageInfo{hasNextPage} nodes{__typename ... on UnlabeledEvent{label{name}}}} `

const issuesQuery = `query Incidents($owner:String!,$name:String!,$size:Int!,$after:String,$since:DateTime,$labels:[String!]){
	repository(owner:$owner,name:$name){hasIssuesEnabled
	issues(first:$size,after:$after,orderBy:{field:UPDATED_AT,direction:ASC},filterBy:{since:$since,labels:$labels}){` + paging + `nodes{` + issueFields + `}}}}`

const bareIssuesQuery = `query IncidentsBare($owner:String!,$name:String!,$size:Int!,$after:String,$since:DateTime,$labels:[String!]){
	repository(owner:$owner,name:$name){hasIssuesEnabled
	issues(first:$size,after:$after,orderBy:{field:UPDATED_AT,direction:ASC},filterBy:{since:$since,labels:$labels}){` + paging + `nodes{id number createdAt updatedAt}}}}`

const issueQuery = `query Incident($owner:String!,$name:String!,$number:Int!){
	repository(owner:$owner,name:$name){issue(number:$number){` + issueFields + `}}}`
