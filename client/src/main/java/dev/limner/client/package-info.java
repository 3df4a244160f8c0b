/** What everybody shares who talks to a fleet. */
@NullMarked
package dev.limner.client;

import org.jspecify.annotations.NullMarked;
