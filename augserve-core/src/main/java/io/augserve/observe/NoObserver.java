package io.augserve.observe;

/** Watches nothing. */
enum NoObserver implements ServerObserver {
    INSTANCE;

    @Override
    public void observe(ServerEvent event) {}

    @Override
    public boolean watchesTokens() {
        return false;
    }
}
