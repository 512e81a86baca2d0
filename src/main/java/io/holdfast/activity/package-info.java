/** What happened per customer, user, feature and day, and who paid when: all else reads this. */
package io.holdfast.activity;
