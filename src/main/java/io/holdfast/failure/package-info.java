/** The five ways in which a run fails, one for each reaction of a scheduler. */
package io.holdfast.failure;
