/**
 * Makes up a SaaS company whose customers behave, pay and leave for reasons, and lands its feeds.
 */
package io.holdfast.generate;
