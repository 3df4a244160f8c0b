/** The trainer as a service: feedback in, releases out. The only package that knows Quarkus. */
@NullMarked
package dev.limner.trainer.service;

import org.jspecify.annotations.NullMarked;
