// SPDX-License-Identifier: 0BSD

// Mirror makes a bucket of an S3 server hold what a directory holds, and nothing else. The keys come from the usual
// variables, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func main() {
	endpoint := flag.String("endpoint", "", "URL of the server")
	bucket := flag.String("bucket", "", "made when missing")
	flag.Parse()
	if *endpoint == "" || *bucket == "" || flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: s3-mirror --endpoint URL --bucket NAME DIR")
		os.Exit(2)
	}
	mirror := mirror{client: connect(*endpoint), bucket: *bucket}
	done, err := mirror.run(context.Background(), flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "s3-mirror:", err)
		os.Exit(1)
	}
	fmt.Printf("put %d, deleted %d, kept %d\n", done.put, done.deleted, done.kept)
}

func connect(endpoint string) *s3.Client {
	return s3.New(s3.Options{
		BaseEndpoint: aws.String(endpoint), Region: "us-east-1", UsePathStyle: true,
		Credentials: credentials.NewStaticCredentialsProvider(
			os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY"), ""),
	})
}

type mirror struct {
	client *s3.Client
	bucket string
}

type counts struct{ put, deleted, kept int }

func (m mirror) run(ctx context.Context, dir string) (counts, error) {
	wanted, err := readTree(dir)
	if err != nil {
		return counts{}, err
	}
	_, err = m.client.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &m.bucket})
	var owned *types.BucketAlreadyOwnedByYou
	if err != nil && !errors.As(err, &owned) {
		return counts{}, err
	}
	present, err := m.list(ctx)
	if err != nil {
		return counts{}, err
	}
	work := compare(wanted, present)
	for _, key := range work.put {
		input := &s3.PutObjectInput{Bucket: &m.bucket, Key: &key, Body: bytes.NewReader(wanted[key])}
		if _, err := m.client.PutObject(ctx, input); err != nil {
			return counts{}, fmt.Errorf("put %s: %w", key, err)
		}
	}
	for _, key := range work.remove {
		if _, err := m.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &m.bucket, Key: &key}); err != nil {
			return counts{}, fmt.Errorf("delete %s: %w", key, err)
		}
	}
	return counts{put: len(work.put), deleted: len(work.remove), kept: len(wanted) - len(work.put)}, nil
}

// list answers the ETag of each object by its key.
func (m mirror) list(ctx context.Context) (map[string]string, error) {
	present := map[string]string{}
	pages := s3.NewListObjectsV2Paginator(m.client, &s3.ListObjectsV2Input{Bucket: &m.bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, object := range page.Contents {
			present[aws.ToString(object.Key)] = aws.ToString(object.ETag)
		}
	}
	return present, nil
}

// readTree answers the content of each file by its key: the path with slashes, relative to dir.
func readTree(dir string) (map[string][]byte, error) {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if !entry.Type().IsRegular() {
			return fmt.Errorf("%s: only regular files become objects", path)
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		files[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	return files, err
}

type work struct{ put, remove []string }

// compare finds what differs. An object that was put in one piece has the MD5 of its content as ETag, in quotes.
func compare(wanted map[string][]byte, present map[string]string) work {
	var work work
	for _, key := range slices.Sorted(maps.Keys(wanted)) {
		sum := md5.Sum(wanted[key])
		if present[key] != `"`+hex.EncodeToString(sum[:])+`"` {
			work.put = append(work.put, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(present)) {
		if _, ok := wanted[key]; !ok {
			work.remove = append(work.remove, key)
		}
	}
	return work
}
