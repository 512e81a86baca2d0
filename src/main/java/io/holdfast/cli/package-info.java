/** The command line: options in, a table or a file or a line of JSON out. */
package io.holdfast.cli;
