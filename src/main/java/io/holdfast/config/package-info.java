/** Settings: read once, checked, and handed on as records. */
package io.holdfast.config;
