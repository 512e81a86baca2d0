/** One meaning for each thing that feeds tell of, whatever tool told it. */
package io.holdfast.conformed;
