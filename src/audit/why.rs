//! The words that say why or how, each from a fixed list.

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// The word in the line.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
    )*};
}

words! {
    /// What a person proved to be the person with.
    Factors {
        /// The password.
        Password = "password",
        /// A code of an authenticator, after the password.
        Totp = "password and totp",
        /// A recovery code, after the password.
        RecoveryCode = "password and recovery code",
    }
    /// Why a sign-in was refused. Whoever tried is told one and the same.
    SignInRefusal {
        /// Nobody has that name or address. What was typed isn't told: it may be a password.
        UnknownUser = "unknown user",
        /// The password is wrong.
        WrongPassword = "wrong password",
        /// The person has no password.
        NoPassword = "no password",
        /// The account is locked, suspended or gone, or may sign in to nothing.
        Barred = "barred",
        /// The authenticator's code is wrong.
        WrongTotp = "wrong totp code",
        /// The authenticator's code was used before.
        UsedTotp = "used totp code",
        /// No unused recovery code is that one.
        WrongRecoveryCode = "wrong recovery code",
    }
    /// Whose attempts were too many.
    ThrottledBy {
        /// Those on one account.
        Account = "account",
        /// Those from one address.
        Address = "address",
    }
    /// How far a person signed out.
    SignOutScope {
        /// This browser.
        Here = "here",
        /// All browsers.
        Everywhere = "everywhere",
        /// An app sent the person (RP-initiated logout).
        ByApp = "by app",
        /// This browser, in which somebody else signed in.
        ByAnother = "another person signed in",
    }
    /// Why a session ended without anybody signing out.
    EndReason {
        /// A commit locked the account.
        Locked = "locked",
        /// A commit suspended the account.
        Suspended = "suspended",
        /// A commit removed the account.
        Removed = "removed",
        /// A commit took the app's gate or a group of the person away.
        LostAccess = "lost access",
        /// A commit changed the password or the second factor.
        CredentialsChanged = "credentials changed",
        /// A commit removed the app.
        ClientRemoved = "client removed",
    }
    /// What tokens were issued for (RFC 6749 §1.3).
    TokenGrant {
        /// A code.
        AuthorizationCode = "authorization_code",
        /// The client's own credentials.
        ClientCredentials = "client_credentials",
    }
    /// Why a code or refresh token was refused, where it is not a theft by the look of it.
    GrantRefusal {
        /// There is none such, or no more.
        Unknown = "unknown or expired",
        /// It belongs to another client.
        OtherClient = "other client",
        /// The redirect URI isn't that of the request.
        RedirectUri = "redirect uri differs",
        /// The verifier doesn't fit the challenge (RFC 7636).
        Verifier = "wrong code verifier",
        /// More is asked for than was granted.
        Scope = "scope exceeds the grant",
    }
    /// Why a client isn't believed to be the client.
    ClientRefusal {
        /// There is no such client. What it called itself isn't told.
        Unknown = "unknown client",
        /// The secret is wrong.
        WrongSecret = "wrong secret",
        /// No secret was given.
        NoSecret = "no secret",
        /// It authenticated by another method than its file says.
        WrongMethod = "wrong method",
        /// It may not use this endpoint or grant.
        NotAllowed = "not allowed",
    }
    /// Why a mail token was refused.
    MailRefusal {
        /// There is none such, or no more.
        Unknown = "unknown or expired",
        /// It lacks the scope `mail`.
        NoMailScope = "no mail scope",
        /// It is another person's than the mailbox asked for.
        OtherMailbox = "other mailbox",
        /// The person may not use mail, or not by this app.
        Denied = "denied",
    }
    /// Why a revision isn't put in force.
    RevisionRefusal {
        /// It has errors.
        Invalid = "invalid",
        /// It doesn't descend from the one in force.
        Rewritten = "history rewritten",
        /// A guard wants an acknowledgement.
        Guarded = "guarded",
        /// It isn't signed as the one in force demands.
        Unsigned = "not signed",
    }
}
