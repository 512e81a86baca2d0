/** Every figure that a strategy sets a target for, beside that target: it reads all the others. */
package io.holdfast.kpi;
