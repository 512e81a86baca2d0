/** The only code that knows Delta and the lake's file system. */
package io.holdfast.lake;
