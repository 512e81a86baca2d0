/** What has landed: every row of every feed, kept with its raw text, or the reason why not. */
package io.holdfast.sources;
