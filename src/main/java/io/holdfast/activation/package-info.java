/** What the tools that act are handed: one canonical audience, and files made for each of them. */
package io.holdfast.activation;
