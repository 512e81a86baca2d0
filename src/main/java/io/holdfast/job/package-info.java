/** What a job is, what it is handed, and the one runner that builds tables. No domain word. */
package io.holdfast.job;
