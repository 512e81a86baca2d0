/** Commands and views that know what the tables mean. Only Main uses them. */
package io.holdfast.commands;
