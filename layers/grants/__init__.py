"""Who may do what, where and when. Pure rules over grants; nothing here knows accounts, HTTP or storage."""
