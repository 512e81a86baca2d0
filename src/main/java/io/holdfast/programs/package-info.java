/** What is done about churn: whom each programme is for, and what came of it. */
package io.holdfast.programs;
